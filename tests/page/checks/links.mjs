// Links within the page lead somewhere, ids are unique, and a link out of it is https and says where it goes.

export async function links(page) {
    return page.evaluate(() => {
        const found = [];
        const counts = new Map();
        for (const { id } of document.querySelectorAll("[id]")) counts.set(id, (counts.get(id) ?? 0) + 1);
        const twice = [...counts].filter(([, count]) => count > 1).map(([id]) => id);
        if (twice.length)
            found.push(`ids that are there more than once: ${twice.length}, such as "${twice.slice(0, 4).join('", "')}"`);

        const missing = (one, attribute, id) => {
            if (!counts.has(id)) found.push(`${reader.describe(one)}: ${attribute} names "#${id}", which is not there`);
        };
        for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "aria-details", "for", "headers"]) {
            for (const one of document.querySelectorAll(`[${attribute}]`))
                for (const id of one.getAttribute(attribute).split(/\s+/).filter(Boolean)) missing(one, attribute, id);
        }
        for (const one of document.querySelectorAll("svg *")) {
            for (const { name, value } of one.attributes) {
                for (const match of value.matchAll(/url\(["']?#([^"')]+)["']?\)/g)) missing(one, name, match[1]);
                if ((name === "href" || name === "xlink:href") && one.localName !== "a" && value.startsWith("#"))
                    missing(one, name, value.slice(1));
            }
        }

        for (const one of document.querySelectorAll("a, area")) {
            const href = one.getAttribute("href") ?? one.getAttribute("xlink:href");
            if (href === null) continue;
            if (href.startsWith("#")) {
                const id = decodeURIComponent(href.slice(1));
                if (id && id !== "top") missing(one, "href", id);
            } else if (!href.startsWith("https://") && !(href.startsWith("data:") && one.hasAttribute("download"))) {
                found.push(`${reader.describe(one)} leads to "${href.slice(0, 60)}": expected https, or a place in this page`);
            }
            if (!reader.nameOf(one)) found.push(`${reader.describe(one)} to "${href.slice(0, 60)}" has no text`);
        }
        return found;
    });
}
