// A page that is opened from disk may start no worker, and the search runs in one. There it runs in a hidden frame instead: the
// script that is meant for a worker gets its messages, and what it posts comes back here.
if (location.protocol === "file:") {
    window.Worker = class extends EventTarget {
        constructor(url) {
            super();
            const frame = document.createElement("iframe");
            frame.hidden = true;
            this.inside = new Promise((ready) => {
                frame.addEventListener("load", () => {
                    const inside = frame.contentWindow;
                    inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
                    const script = inside.document.createElement("script");
                    script.addEventListener("load", () => ready(inside));
                    script.src = url;
                    inside.document.body.append(script);
                }, { once: true });
            });
            document.body.append(frame);
        }

        postMessage(data) {
            this.inside.then((inside) => inside.dispatchEvent(new MessageEvent("message", { data })));
        }
    };
}
