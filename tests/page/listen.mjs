// What is heard while a page is open: it says nothing (quiet), and asks nobody for anything (alone).

/** Starts to listen, and refuses every request but that of the page itself; the findings so far, which grow. */
export async function listen(page, url) {
    const heard = [];
    const note = (check, text) => heard.push({ check, text: text.replace(/\s+/g, " ").slice(0, 200) });
    page.on("console", (message) => note("quiet", `console.${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => note("quiet", `error: ${error.message}`));
    page.on("dialog", async (dialog) => {
        note("quiet", `${dialog.type()}: ${dialog.message()}`);
        await dialog.dismiss();
    });
    page.on("websocket", (socket) => note("alone", `opens ${socket.url()}`));
    await page.route("**/*", (route) => {
        const asked = route.request().url();
        if (asked === url || asked.startsWith("data:")) return route.continue();
        note("alone", `asks for ${asked}`);
        return route.abort();
    });
    return heard;
}
