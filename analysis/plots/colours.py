"""The colours of all plots, apart from what draws them: the report's dark page has its own for each, and needs no matplotlib.

They are Okabe and Ito's (2008), told apart by colour-blind readers; no plot relies on them alone: every mark has its own shape
and its name beside it. Text is black (analysis.report.inline_svg).
"""

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
CONTROL_COLOUR = "#767676"
GRID = "#dddddd"
MUTED = "#555555"
