"""The statements of `github_limits`: each takes or tells something in one go, whoever else does so at the same time."""

from __future__ import annotations

SECOND = 1_000_000  # microseconds
AHEAD = 600 * SECOND  # further than any turn is given: what lies there was noted by a clock that was set back since
PLACE_HELD = 60 * SECOND  # how long a place is kept without being renewed, which outlasts any request
NOW = "coalesce(%(now)s::bigint, (extract(epoch FROM statement_timestamp()) * 1000000)::bigint)"

# The next write: when the bucket has a token left over for more urgent ones, and the minute and the hour have room.
# Only a bucket that fills up is waited for with a turn in hand: a turn far ahead would stand in everybody's way.
TURN = f"""
INSERT INTO github_paces AS p (installation_id, due, sent, turn_at, given)
SELECT %(installation)s, t.now + %(interval)s, ARRAY[t.now], t.now, true FROM (SELECT {NOW} AS now) t
ON CONFLICT (installation_id) DO UPDATE SET (due, sent, turn_at, given) = (
    SELECT
        CASE WHEN ok THEN greatest(moment, known) + %(interval)s ELSE known END,
        CASE WHEN ok THEN p.sent[greatest(1, cardinality(p.sent) - %(kept)s + 2):] || moment ELSE p.sent END,
        moment,
        ok
    FROM (
        SELECT moment, known, moment <= now OR (moment = filled AND moment <= now + %(ahead)s) AS ok FROM (
            SELECT now, known, filled, greatest(
                filled,
                p.sent[cardinality(p.sent) - %(minute)s + 1] + {60 * SECOND},
                p.sent[cardinality(p.sent) - %(hour)s + 1] + {3600 * SECOND}
            ) AS moment
            FROM (
                SELECT now, known, greatest(now, known - %(tokens)s * %(interval)s) AS filled
                FROM (
                    SELECT {NOW} AS now, CASE WHEN p.due > {NOW} + {AHEAD} THEN {NOW} ELSE p.due END AS known
                ) k
            ) f
        ) m
    ) told
)
RETURNING given, turn_at - {NOW}, due - {NOW}
"""  # noqa: S608 - numbers of our own

HEAR = f"""
SELECT kind, rests_until - {NOW}, hourly, remaining, reset_at FROM github_limits
WHERE installation_id = %(installation)s
"""  # noqa: S608

# A count of another hour than the stored one takes its place if that hour is the later one.
MEET = f"""
WITH told AS (
    INSERT INTO github_limits AS l
        (installation_id, kind, rests_until, hourly, remaining, reset_at, points_due, points_given)
    SELECT %(installation)s, kind, {NOW} + rests, hourly, remaining, reset_at,
        CASE WHEN want > 0 THEN {NOW} + want * gap ELSE 0 END, want
    FROM unnest(%(kinds)s::text[], %(rests)s::bigint[], %(hourly)s::int[], %(remaining)s::int[], %(resets)s::bigint[],
        %(wants)s::int[], %(gaps)s::int[], %(bursts)s::int[])
        AS n (kind, rests, hourly, remaining, reset_at, want, gap, burst)
    ON CONFLICT (installation_id, kind) DO UPDATE SET
        rests_until = greatest(l.rests_until, excluded.rests_until),
        (hourly, remaining, reset_at) = (
            SELECT
                CASE WHEN newer THEN excluded.hourly ELSE l.hourly END,
                CASE WHEN newer THEN excluded.remaining WHEN same THEN least(l.remaining, excluded.remaining)
                    ELSE l.remaining END,
                CASE WHEN newer THEN excluded.reset_at ELSE l.reset_at END
            FROM (SELECT excluded.reset_at = l.reset_at AS same,
                excluded.reset_at IS NOT NULL AND excluded.reset_at > coalesce(l.reset_at, 0) AS newer) c
        ),
        (points_due, points_given) = (
            SELECT CASE WHEN give > 0 THEN spent + give * gap ELSE spent END, give
            FROM (
                SELECT greatest(0, least(excluded.points_given,
                    ({NOW} + burst::bigint * gap - spent) / greatest(gap, 1)))::int AS give, gap, spent
                FROM (
                    SELECT gap, burst, least(greatest(l.points_due, {NOW}), {NOW} + burst::bigint * gap) AS spent
                    FROM unnest(%(kinds)s::text[], %(gaps)s::int[], %(bursts)s::int[]) AS n (kind, gap, burst)
                    WHERE n.kind = excluded.kind
                ) s
            ) g
        )
    RETURNING kind, rests_until, hourly, remaining, reset_at, points_due, points_given
), place AS (
    INSERT INTO github_places AS p (installation_id, place, holder, until)
    SELECT %(installation)s, number, %(holder)s, {NOW} + {PLACE_HELD}
    FROM (
        SELECT coalesce(
            (SELECT min(place) FROM github_places WHERE installation_id = %(installation)s AND holder = %(holder)s),
            (SELECT number FROM generate_series(0, %(places)s - 1) AS number WHERE NOT EXISTS (
                SELECT 1 FROM github_places o
                WHERE o.installation_id = %(installation)s AND o.place = number AND o.until > {NOW}
            ) ORDER BY random() LIMIT 1)
        ) AS number
    ) chosen
    WHERE %(renew)s AND number IS NOT NULL
    ON CONFLICT (installation_id, place) DO UPDATE SET holder = excluded.holder, until = excluded.until
        WHERE p.holder = excluded.holder OR p.until <= {NOW}
    RETURNING place
), taken AS (
    SELECT count(*) AS others FROM github_places
    WHERE %(renew)s AND installation_id = %(installation)s AND until > {NOW} AND holder <> %(holder)s
)
SELECT kind, rests_until - {NOW}, hourly, remaining, reset_at, points_given, points_due - {NOW},
    (SELECT count(*) FROM place), (SELECT others FROM taken)
FROM told
UNION ALL
SELECT kind, rests_until - {NOW}, hourly, remaining, reset_at, 0, 0, (SELECT count(*) FROM place),
    (SELECT others FROM taken)
FROM github_limits WHERE installation_id = %(installation)s AND kind <> ALL(%(kinds)s::text[])
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, 0, 0, (SELECT count(*) FROM place), (SELECT others FROM taken)
"""  # noqa: S608

HOURS = "SELECT installation_id, kind, hourly, remaining, reset_at FROM github_limits WHERE reset_at IS NOT NULL"
LEAVE = "DELETE FROM github_places WHERE installation_id = %(installation)s AND holder = %(holder)s"
FORGET = tuple(
    f"DELETE FROM {table} WHERE installation_id = ANY(%(gone)s)"  # noqa: S608 - names of our own
    for table in ("github_paces", "github_limits", "github_places")
)
