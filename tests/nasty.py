"""Words that were made to break programs: what a stranger may type into any field that others read."""

ZALGO = "Z" + "".join(chr(0x300 + n % 0x70) for n in range(90)) + "algo " + ("h" + "\u0335\u0336\u0337\u0315\u031b\u0340" * 12) * 8
WORDS = (
    "\u202egnorw si siht\u202d and \u2066this\u2067 is left open \u202b\u202e",
    "مرحبا! هل يعمل المصباح بالواط 60W؟ \u200f(نعم)",
    ZALGO,
    "x" * 2000,
    "```\n" + "no-break-in-code-" * 110 + "\n```",
    "`" + "inline-code-without-a-space-" * 40 + "`",
    ">" * 400 + " as deep as it goes",
    "- " * 200 + "a list in a list",
    "# As large as it gets\n\n###### And as small\n\n***\n\n1. one\n2. two\n\n> quoted\n>\n> > twice",
    "*" * 900 + "[" * 500 + "(" * 300,
    "![a picture](https://example.com/p.png) [click](javascript:alert(1)) [data](data:text/html,<script>alert(1)</script>)",
    "<script>alert(1)</script></script><img src=x onerror=alert(1)><style>*{display:none}</style></article></main>",
    "]]>]]&gt;<![CDATA[ &amp;amp; &#0; &#x1F; \x0b\x1f\x00 \ufffe\uffff </content></entry></feed>",
    '"},"@type":"Person"}</script><!--<script>{"\\u003c": "\u2028\u2029"}',
    "{{ 7 * 7 }} {% raw %} ${7*7} <%= 7 %> %s %n {0} ' OR 1=1; --",
    "👩‍👩‍👧‍👦" * 60 + "🏳️‍🌈" + "🇵🇹" * 40 + "👍🏿",
    "\u200b\u200b\u200d\u2060\ufeff invisible \u00ad\u034f ends here",
    "﷽" * 60,
    "W" * 60 + " " + "i" * 60,
    "| a | b |\n|---|---|\n| " + "c" * 300 + " | d |",
    "https://example.com/" + "path/" * 120,
)
NAMES = (
    "\u202eeniM", ZALGO[:60], "<b>Ana</b>", "W" * 60, "**bold** [x](https://example.com)", "👩‍👩‍👧‍👦 Família", "ﷺ ﷽",
    '"; DROP', "Ana & Ben's <3",
)  # fmt: skip
