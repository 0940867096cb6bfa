"""What Hypothesis draws for every kind of picture: labels as people write them, and how it looks for trouble."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

labels = st.one_of(
    st.text("abcdefghijklmnopqrstuvwxyz-0123456789WM", min_size=1, max_size=39),
    st.text(max_size=39),
    st.sampled_from(["Юрий Алексеевич", "日本語の名前", "👩‍👩‍👧‍👦", "W" * 39, "$\\frac{1}{2}$", "\u202eabc", "a|b`c"]),
)
# Shrinking a picture takes minutes and a failing one prints itself well enough.
swift = settings(
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
