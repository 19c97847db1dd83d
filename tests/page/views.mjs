// The ways in which a page is read, and what is checked in each.

const SEEN = ["overflow", "cut_off"];
const READ = [...SEEN, "accessible", "drawn_contrast", "keyboard"];
const ONCE = ["links", "named", "drawn_size", "shown"]; // the same in every view

const PHONE = { width: 360, height: 740 };
const LAPTOP = { width: 1280, height: 800 };

/** A4 at 96 px an inch: 210 mm. */
export const PAPER = { width: 794, height: 1123 };

/** Zoomed to 200% a laptop has half its pixels; 320 px is what WCAG 1.4.10 (reflow) asks for: 1280 px at 400%. */
const ZOOM_200 = { width: 640, height: 400 };
const REFLOW = { width: 320, height: 256 };

export const VIEWS = [
    { name: "laptop-light", size: LAPTOP, scheme: "light", checks: [...READ, ...ONCE] },
    { name: "laptop-dark", size: LAPTOP, scheme: "dark", checks: READ },
    { name: "phone-light", size: PHONE, scheme: "light", touch: true, checks: READ },
    { name: "phone-dark", size: PHONE, scheme: "dark", touch: true, checks: READ },
    {
        name: "print-light",
        size: PAPER,
        scheme: "light",
        print: true,
        checks: [...SEEN, "accessible", "drawn_contrast", "paper"],
    },
    {
        name: "print-dark",
        size: PAPER,
        scheme: "dark",
        print: true,
        checks: [...SEEN, "accessible", "drawn_contrast", "paper"],
    },
    { name: "zoom-200", size: ZOOM_200, scheme: "light", checks: [...SEEN, "keyboard"] },
    { name: "reflow-320", size: REFLOW, scheme: "light", checks: [...SEEN, "keyboard"] },
    { name: "no-script", size: LAPTOP, scheme: "light", scriptless: true, checks: ["same_text"] },
];
