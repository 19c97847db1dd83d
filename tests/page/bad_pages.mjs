// Pages with one fault each: the `body` (and `head`) around which the page is made, which checks find something in it, where it
// matters in which views (`within`), and what a reader must find on it (`wanted`).

const figures = (count) =>
    `<table><tr><th scope="row">row</th>${Array.from({ length: count }, (_, i) => `<td>figure number ${i}</td>`).join("")}</tr></table>`;

export const BAD_PAGES = {
    accessible_dark_only: {
        finds: ["accessible"],
        within: ["phone-dark"],
        head: "<style>@media screen and (prefers-color-scheme: dark) { body { background: #000; color: #fff; } p { color: #333; } }</style>",
        body: "<p>Grey on black at night.</p>",
    },
    accessible_level_left_out: { finds: ["accessible"], body: "<h3>A heading two levels below</h3>" },
    alone_fetch: { finds: ["alone", "quiet"], body: '<script>fetch("https://example.org/").catch(() => {});</script>' },
    alone_image: {
        finds: ["alone", "quiet"],
        body: '<img alt="a picture from elsewhere" width="4" height="4" src="https://example.org/picture.png">',
    },
    alone_style_beside: {
        finds: ["alone", "quiet"],
        head: '<link rel="stylesheet" href="style.css">',
        body: "<p>Styled by a file.</p>",
    },
    cut_off_box: {
        finds: ["cut_off"],
        body: '<p style="overflow: hidden; white-space: nowrap; width: 10em">This is more than the box has room for.</p>',
    },
    cut_off_drawing: {
        finds: ["cut_off"],
        body: '<svg role="img" aria-label="a title" width="200" height="40"><text x="10" y="25">This title is longer than its drawing is wide.</text></svg>',
    },
    cut_off_in_print: {
        finds: ["cut_off"],
        within: ["print-dark"],
        head: "<style>td { white-space: nowrap; }</style>",
        body: `<div style="overflow-x: auto" tabindex="0" role="region" aria-label="a wide table">${figures(12)}</div>`,
    },
    drawing_without_name: {
        finds: ["named", "accessible"],
        body: '<svg role="img" width="20" height="20"><rect width="20" height="20" /></svg>',
    },
    drawing_without_role: { finds: ["named"], body: '<svg width="20" height="20"><rect width="20" height="20" /></svg>' },
    drawn_text_dark_only: {
        finds: ["drawn_contrast"],
        within: ["phone-dark"],
        head: "<style>:root { color-scheme: light dark; } @media print { :root { color-scheme: light; } }</style>",
        body: '<svg role="img" aria-label="dark" width="200" height="40"><text x="10" y="25" fill="#000">black at night</text></svg>',
    },
    drawn_text_on_a_bar: {
        finds: ["drawn_contrast"],
        body: '<svg role="img" aria-label="a bar" width="200" height="40"><rect width="200" height="40" fill="#0072b2" /><text x="10" y="25">black on blue</text></svg>',
    },
    drawn_text_pale: {
        finds: ["drawn_contrast"],
        body: '<svg role="img" aria-label="pale" width="200" height="40"><text x="10" y="25" fill="#999">grey on white</text></svg>',
    },
    drawn_text_small: {
        finds: ["drawn_size"],
        body: '<svg role="img" aria-label="small" viewBox="0 0 1000 100" width="300" height="30"><text x="10" y="50" font-size="20">six pixels</text></svg>',
    },
    id_twice: { finds: ["links"], body: '<p id="same">one</p><p id="same">two</p>' },
    image_without_alt: {
        finds: ["named", "accessible"],
        body: '<img width="4" height="4" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">',
    },
    keyboard_cannot_scroll: {
        finds: ["keyboard", "accessible"],
        head: "<style>td { white-space: nowrap; } @media print { td { white-space: normal; overflow-wrap: anywhere; font-size: 6px; padding: 0; } table { table-layout: fixed; width: 100%; } }</style>",
        body: `<div style="overflow-x: auto">${figures(40)}</div>`,
    },
    link_beside_the_page: {
        finds: ["links"],
        body: '<p><a href="table.md">a file that a copy of the page does not have</a></p>',
    },
    link_not_https: { finds: ["links"], body: '<p><a href="http://example.org/">not https</a></p>' },
    link_to_nowhere: { finds: ["links"], body: '<p><a href="#gone">a place that is not there</a></p>' },
    link_without_text: { finds: ["links", "accessible"], body: '<p><a href="https://example.org/"></a></p>' },
    overflow_at_320: {
        finds: ["overflow"],
        within: ["reflow-320"],
        body: '<p style="min-width: 330px">Fits a phone, and not a page zoomed to 400%.</p>',
    },
    overflow_no_viewport: {
        finds: ["overflow"],
        within: ["phone-dark"],
        viewport: "",
        body: "<p>A phone lays this out as if it were a desktop.</p>",
    },
    overflow_word: { finds: ["overflow"], body: `<p>${"w".repeat(300)}</p>` },
    paper_dark: {
        finds: ["paper"],
        within: ["print-dark"],
        head: "<style>body { background: #000; color: #fff; }</style>",
        body: "<p>White on black is for screens.</p>",
    },
    quiet_console: { finds: ["quiet"], body: '<script>console.debug("still here");</script>' },
    quiet_dialog: { finds: ["quiet"], body: "<script>alert(1)</script>" },
    quiet_error: { finds: ["quiet"], body: "<script>undefined.gone;</script>" },
    reference_to_nowhere: {
        finds: ["links"],
        body: '<svg role="img" aria-label="a square" width="20" height="20"><rect width="20" height="20" fill="url(#gone)" /></svg>',
    },
    same_text_by_script: {
        finds: ["same_text"],
        within: ["no-script"],
        body: '<p id="place"></p><script>document.getElementById("place").textContent = "only scripts tell";</script>',
    },
    shown_twice_escaped: {
        finds: ["shown"],
        wanted: ["&lt; is not"],
        body: "<p>&amp;amp;lt; is not what was meant</p>",
    },
};

const VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">';

/** The whole page; its name is its title. */
export function pageOf(name) {
    const { head = "", body, viewport = VIEWPORT } = BAD_PAGES[name];
    const title = name.replaceAll("_", " ");
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
${viewport}
<title>${title}</title>
${head}
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
}
