"""Names that break a page which does not escape them, or which has no room for them: any service.toml may have one."""

TITLES = (
    "<script>alert(1)</script>",
    "&lt;b&gt; &amp;amp; \"double\" 'single' `back`",
    "שירות מהיר خدمة سريعة",
    "🚀 rocket 👩‍👩‍👧 é",
    "w" * 300,
    "bell \x07, escape \x1b[31m",
    "$\\frac{$ and $x_1$",
    "]]> --> -- <!-- </style></title> {{ 7 * 7 }}",
)

REASON = "</pre></li><script>alert(2)</script> 'service.toml': \"build\" ended & said " + "x" * 200
