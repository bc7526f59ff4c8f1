// What makes a room's pages better with script: news, a queue for bad networks, and one's own page that stays here.
(() => {
  const body = document.body;
  const LOOK = "body{font:18px/1.5 system-ui,sans-serif;max-width:40em;margin:2em auto;padding:0 1em;color:var(--kit-ink);background:var(--kit-paper)}p{white-space:pre-wrap;overflow-wrap:anywhere}h2{font-size:1.05em;margin:1.6em 0 .2em}ul{padding-left:1.2em}a{color:var(--kit-action)}form{display:none}";
  const colours = () => [...([...document.styleSheets].find((one) => one.href?.includes("/tokens.css"))?.cssRules ?? [])].map((rule) => rule.cssText).join("");
  const store = (() => { // some browsers keep nothing: then this page alone remembers
    try {
      sessionStorage.setItem("kit-try", "1");
      sessionStorage.removeItem("kit-try");
      return sessionStorage;
    } catch {
      const kept = new Map();
      return { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value), removeItem: (name) => kept.delete(name), key: (at) => [...kept.keys()][at] ?? null, get length() { return kept.size; } };
    }
  })();
  const names = () => Array.from({ length: store.length }, (_, at) => store.key(at));
  // One tab may see one room after another: what was written in one shows in no other, and goes out in no other.
  const room = body.dataset.room || store.getItem("kit-room") || "";
  const OWN = `kit-own:${room}:`, QUEUE = `kit-queue:${room}`, DRAFT = `kit-draft:${room}:`;
  store.setItem("kit-room", room);
  const all = (what, root = document) => [...root.querySelectorAll(what)];
  const outbox = document.getElementById("outbox");
  let typedAt = 0;
  let leaving = false;
  addEventListener("input", () => { typedAt = Date.now(); });
  addEventListener("pagehide", () => { leaving = true; });
  addEventListener("pageshow", (event) => { leaving = false; if (event.persisted) listen(); });

  // one's own page: kept in this page's own memory, and in no form ---------------------------------
  all(".needs-script").forEach((one) => { one.hidden = false; });
  all("[data-own]").forEach((area) => {
    const name = OWN + area.dataset.own;
    area.value = JSON.parse(store.getItem(name) ?? "{}").text ?? "";
    area.addEventListener("input", () => {
      if (area.value.trim()) store.setItem(name, JSON.stringify({ prompt: area.dataset.prompt, text: area.value, at: Date.now() }));
      else store.removeItem(name);
    });
  });
  const own = () => names().filter((name) => name.startsWith(OWN)).map((name) => JSON.parse(store.getItem(name))).sort((a, b) => a.at - b.at);

  const unsent = () => names().filter((name) => name.startsWith(DRAFT)).flatMap((name) => JSON.parse(store.getItem(name)))
    .filter((words) => /\p{L}/u.test(words) && typeof words === "string").map((text) => ({ prompt: body.dataset.unsent, text }));
  const written = () => [...own(), ...unsent()];

  const offer = (place, told) => {
    const page = place.querySelector("#own-page");
    const draw = () => {
      page.replaceChildren(...told().flatMap(({ prompt, text }) => {
        const parts = [document.createElement("h2"), document.createElement("p")];
        [prompt, text].forEach((words, at) => { parts[at].textContent = words; parts[at].dir = "auto"; });
        parts[1].className = "own";
        return parts;
      }));
      if (!page.children.length) page.textContent = page.dataset.empty;
    };
    draw();
    place.querySelector("#take-home").addEventListener("click", (event) => {
      const made = document.implementation.createHTMLDocument(page.dataset.title);
      const meta = Object.assign(made.createElement("meta"), { name: "viewport", content: "width=device-width, initial-scale=1" });
      const scheme = Object.assign(made.createElement("meta"), { name: "color-scheme", content: "light dark" });
      const utf8 = made.createElement("meta");
      utf8.setAttribute("charset", "utf-8");
      made.head.append(utf8, meta, scheme);
      const title = made.createElement("h1");
      title.textContent = page.dataset.title;
      const from = made.createElement("p");
      from.textContent = page.dataset.room;
      made.body.append(title, from, ...[...page.childNodes, ...all("#take-lines")].map((one) => made.importNode(one, true)));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob(["<!doctype html>\n" + made.documentElement.outerHTML.replace("</head>", () => `<style>${colours()}${LOOK}</style></head>`)], { type: "text/html" }));
      link.download = `${event.target.dataset.file}.html`;
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    });
    place.querySelector("#let-go").addEventListener("click", (event) => {
      if (!confirm(event.target.dataset.sure)) return;
      names().filter((name) => name.startsWith(OWN) || (told === written && name.startsWith(DRAFT))).forEach((name) => store.removeItem(name));
      draw();
    });
  };
  const offered = () => { // made here, as a room that is closed or silent hands out no page
    const yours = document.getElementById("yours");
    if (!yours || !written().length || document.getElementById("own-page")) return [];
    const part = yours.content.cloneNode(true);
    offer(part, written);
    return [part];
  };
  if (document.getElementById("own-page")) offer(document, own);
  all(".choose").forEach((place) => { // lines of one's own, to be put into the field, where they can still be changed
    const lines = own().flatMap(({ text }) => text.split("\n")).map((line) => line.trim()).filter(Boolean);
    if (!lines.length) return;
    const label = document.createElement("p");
    label.className = "help";
    label.textContent = place.dataset.label;
    place.append(label, ...lines.map((line) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: line, dir: "auto", className: "line" });
      button.addEventListener("click", () => {
        const field = document.getElementById("text");
        field.value = line.slice(0, field.maxLength > 0 ? field.maxLength : 280);
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.focus();
      });
      return button;
    }));
    place.hidden = false;
  });

  // what is shared goes out when the network lets it, once --------------------------------------------
  const queue = () => JSON.parse(store.getItem(QUEUE) ?? "[]");
  const keep = (waiting) => (waiting.length ? store.setItem(QUEUE, JSON.stringify(waiting)) : store.removeItem(QUEUE));
  const say = (words) => { if (outbox.textContent !== words) outbox.textContent = words; };
  let sending = false, again = 0, pause = 1000;
  const send = async () => {
    clearTimeout(again);
    if (sending || !queue().length) return;
    sending = true;
    const [{ id, path, told, after }] = queue();
    try {
      const gone = new AbortController();
      const timer = setTimeout(() => gone.abort(), 15000);
      const answer = await fetch(path, { method: "POST", body: new URLSearchParams(told), headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "error", signal: gone.signal });
      clearTimeout(timer);
      const said = await answer.json();
      if (!said.kept && answer.status >= 500) throw new Error("again");
      keep(queue().filter((one) => one.id !== id));
      pause = 1000;
      sending = false;
      if (said.kept) {
        store.removeItem(DRAFT + path);
        if (location.pathname === path && !leaving && !queue().length) { leaving = true; location.replace(path + after); }
        else say("");
      } else {
        const form = location.pathname === path && document.querySelector("form.share");
        if (answer.status === 422 && form) { form.submit(); return; } // the page itself says what is amiss, and where
        say(said.said ?? "");
      }
      send();
    } catch {
      sending = false;
      say(body.dataset.waiting);
      pause = Math.min(pause * 1.7, 20000);
      again = setTimeout(send, pause * (0.7 + 0.6 * Math.random()));
    }
  };
  const fields = (form) => [...form.elements].filter((one) => one.name && one.type !== "hidden" && one.type !== "submit");
  const draft = (form) => JSON.stringify(fields(form).map((one) => (/radio|checkbox/.test(one.type) ? one.checked : one.value)));
  const refill = (form, kept) => {
    const values = JSON.parse(kept);
    if (values.length !== fields(form).length) return;
    fields(form).forEach((one, at) => { if (/radio|checkbox/.test(one.type)) one.checked = values[at]; else one.value = values[at]; });
  };
  all("form.share").forEach((form) => {
    const path = new URL(form.action).pathname, name = DRAFT + path;
    if (store.getItem(name) && !form.querySelector(".said")) refill(form, store.getItem(name));
    form.addEventListener("input", () => store.setItem(name, draft(form)));
    if (queue().some((one) => one.path === path)) say(body.dataset.waiting);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const told = new FormData(form);
      if (told.get("text") !== null ? !told.get("text").trim() : form.dataset.ask) return;
      const id = told.get("id");
      if (!queue().some((one) => one.id === id)) keep([...queue(), { id, path, told: new URLSearchParams(told).toString(), after: form.dataset.after ?? "" }]);
      form.querySelector("button.main").disabled = true;
      send();
    });
  });
  addEventListener("online", send);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { send(); listen(); } });
  send();

  // a form that is being filled in: that it is, not what ---------------------------------------------
  all("form[data-writing]").forEach((form) => {
    let told = 0;
    form.addEventListener("input", () => {
      if (Date.now() - told < 4000) return;
      told = Date.now();
      fetch("/writing", { method: "POST", body: new URLSearchParams({ _xsrf: form.elements._xsrf.value, form: form.dataset.writing }), credentials: "same-origin" }).catch(() => {});
    });
  });

  // news: phones go along, the board and the facilitator's page draw anew --------------------------
  const live = all("[data-live]");
  const drawAnew = async () => {
    const answer = await fetch(location.pathname, { credentials: "same-origin" });
    if (!answer.ok) return;
    const now = new DOMParser().parseFromString(await answer.text(), "text/html");
    body.dataset.mark = now.body.dataset.mark;
    for (const old of all("[data-live]")) {
      const fresh = now.querySelector(`[data-live="${old.dataset.live}"]`);
      if (fresh && fresh.innerHTML !== old.innerHTML) {
        const open = all("details[open]", old).length > 0;
        const focus = old.contains(document.activeElement) ? document.activeElement : null;
        const at = focus ? all("button, a, summary", old).indexOf(focus) : -1;
        old.replaceChildren(...[...fresh.childNodes].map((one) => document.importNode(one, true)));
        if (open) all("details", old).forEach((one) => { one.open = true; });
        if (at >= 0) all("button, a, summary", old)[at]?.focus();
      }
    }
    tick();
  };
  const quietly = async () => { // nobody is moved along in the middle of a word
    const since = Date.now();
    while (Date.now() - typedAt < 2500 && Date.now() - since < 20000) await new Promise((go) => { setTimeout(go, 300); });
  };
  const moved = async (mark) => {
    const [phase] = mark.split("."), [here] = body.dataset.mark.split(".");
    body.dataset.mark = mark;
    if (live.length) return drawAnew();
    await quietly();
    if (leaving) return undefined;
    leaving = true;
    if (phase !== here) location.assign("/");
    else location.replace(location.href.split("#")[0]);
    return undefined;
  };
  let listening = false;
  const listen = async () => {
    if (listening || !body.dataset.news) return;
    listening = true;
    let pause = 1000, known = body.dataset.mark; // a page without a mark stays where it is, until the room is closed
    while (!leaving && !document.hidden) {
      try {
        const gone = new AbortController();
        const timer = setTimeout(() => gone.abort(), 40000);
        const answer = await fetch(`${body.dataset.news}?mark=${encodeURIComponent(known)}`, { credentials: "same-origin", headers: { Accept: "application/json" }, signal: gone.signal });
        clearTimeout(timer);
        const { mark } = answer.status === 410 ? { mark: "closed" } : answer.ok ? await answer.json() : {};
        if (mark === "closed") { await quietly(); over(); break; }
        if (answer.status === 403) { location.assign("/"); break; }
        if (!mark) throw new Error("again");
        if (body.dataset.mark && mark !== known) await moved(mark);
        known = mark;
        pause = 1000;
        silent(false);
      } catch {
        silent(pause > 2000);
        await new Promise((go) => { setTimeout(go, pause); });
        pause = Math.min(pause * 1.7, 15000);
      }
    }
    listening = false;
  };
  const silent = (on) => { // a room that gives no answer is not closed
    const told = document.getElementById("silent");
    if (!told || told.hidden !== on) return;
    told.hidden = !on;
    told.querySelector("button").hidden = !written().length || Boolean(document.getElementById("own-page"));
  };
  document.querySelector("#silent button")?.addEventListener("click", (event) => { event.target.replaceWith(...offered()); });
  const over = () => { // by the room's own word: the last page, on which what was written is offered once more
    const words = ["h1", "p"].map((tag) => document.createElement(tag));
    [body.dataset.thanks, body.dataset.closed].forEach((told, at) => { words[at].textContent = told; });
    document.getElementById("main").replaceChildren(...words);
    document.getElementById("main").append(...offered());
    all("nav, header").forEach((one) => one.remove());
    say("");
  };
  if (body.dataset.over) document.getElementById("main").append(...offered());
  listen();

  // the timer -------------------------------------------------------------------------------------------
  let began = Date.now();
  const shown = () => {
    for (const one of all("[data-left]")) {
      const left = Number(one.dataset.left) - (Date.now() - began) / 1000;
      const words = left >= 0 ? one.dataset.words : one.dataset.over;
      one.textContent = words.replace("{n}", Math.ceil(Math.abs(left) / 60));
    }
  };
  const tick = () => { began = Date.now(); shown(); };
  setInterval(shown, 5000);

  // the facilitator's presses leave the page where it is
  if (body.classList.contains("lead")) {
    document.addEventListener("submit", async (event) => {
      const form = event.target;
      const told = new FormData(form);
      if (told.get("do") === "close") return;
      event.preventDefault();
      try {
        const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(told), headers: { Accept: "application/json" }, credentials: "same-origin" });
        const said = await answer.json();
        say(said.said ?? "");
        if (answer.ok) form.querySelectorAll("textarea").forEach((one) => { one.value = ""; });
        await drawAnew();
      } catch {
        form.submit();
      }
    });
  }
})();
