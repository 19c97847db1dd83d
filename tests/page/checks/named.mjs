// Every image says what it shows, or that it is decoration.

export async function named(page) {
    return page.evaluate(() => {
        const found = [];
        for (const one of document.querySelectorAll("img:not([alt])")) found.push(`${reader.describe(one)} has no alt`);
        for (const one of document.querySelectorAll("[role=img], [role=graphics-document]"))
            if (!reader.nameOf(one)) found.push(`${reader.describe(one)} is an image without a name`);
        for (const one of document.querySelectorAll("svg:not(svg svg)")) {
            if (!one.hasAttribute("role") && !one.closest("[role=img], [aria-hidden=true]"))
                found.push(`${reader.describe(one)} is neither role="img" with a name nor aria-hidden`);
        }
        return found;
    });
}
