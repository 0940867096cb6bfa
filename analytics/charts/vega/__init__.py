"""Each kind of chart as a Vega-Lite specification, made from the same values as its picture."""
