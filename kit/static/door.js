// A locked practice's door, and the way to one's own: what is typed here goes to the server and is kept nowhere.

const askServer = async (path, options) => {
  const xsrf = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1] ?? "";
  const answer = await fetch(`${pageConfig().baseUrl ?? "/"}kit/${path}`, {
    credentials: "same-origin", cache: "no-store", ...options, headers: { "X-XSRFToken": decodeURIComponent(xsrf) },
  });
  if (!answer.ok && answer.status !== 400) throw new Error(answer.statusText); // what was not understood is said in words
  return answer;
};

const askPractice = async (body) => (await askServer("practice", { method: "POST", body: JSON.stringify(body) })).json();

// The sealed file of a whole practice: it goes out into the downloads, and comes in with what was typed before it.
async function takePractice(words) {
  const answer = await askServer("practice/sealed");
  if (answer.headers.get("Content-Type").includes("json")) return answer.json();
  const name = answer.headers.get("Content-Disposition").match(/"(.*)"/)[1];
  const link = make("a", { download: name, href: URL.createObjectURL(await answer.blob()) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  return { told: words.taken.replace("{name}", name) };
}

async function bringPractice(file, typed, words) {
  if (!file) return { said: words.no_file };
  const body = new Blob([JSON.stringify(typed), "\n", file]);
  return (await askServer("practice/sealed", { method: "POST", body })).json();
}

// One step of the door: some fields, one main button, and a place for the sentence that comes back.
function doorStep(words, { title = "", help = "", fields, label, press }) {
  const inputs = Object.fromEntries(fields.map(([name, text, kind]) => [name, make(kind === "letters" ? "textarea" : "input", {
    ...(kind === "letters" ? { rows: 8 } : { type: kind }), autocomplete: "off", spellcheck: false, ...(kind === "checkbox" ? {} : { className: "kit-secret" }),
  })]));
  const nodes = fields.flatMap(([name, text, kind, about]) => {
    const label = make("label", { className: kind === "checkbox" ? "kit-flag" : "kit-field" },
      ...(kind === "checkbox" ? [inputs[name], make("span", {}, text)] : [make("span", { className: "kit-label" }, text), inputs[name]]));
    if (!about) return [label];
    const told = make("p", { className: "kit-help", id: `kit-about-${crypto.randomUUID()}` }, about);
    inputs[name].setAttribute("aria-describedby", told.id);
    return [label, told];
  });
  const secrets = fields.filter(([, , kind]) => kind === "password").map(([name]) => inputs[name]);
  const show = make("input", { type: "checkbox", onchange: () => secrets.forEach((one) => { one.type = show.checked ? "text" : "password"; }) });
  const said = make("p", { className: "kit-problem", role: "alert" });
  const told = make("p", { className: "kit-told", role: "status" });
  const main = make("button", { type: "submit", className: "kit-main" }, label);
  const node = make("form", { className: "kit-form kit-door" }, title ? make("h3", {}, title) : null, help ? make("p", { className: "kit-help" }, help) : null,
    ...nodes, secrets.length ? make("label", { className: "kit-flag" }, show, make("span", {}, words.show)) : null,
    make("div", { className: "kit-saving" }, main), said, told);
  node.onsubmit = async (event) => {
    event.preventDefault();
    if (main.ariaDisabled) return;
    main.ariaDisabled = "true"; // one that is disabled would let go of the keyboard
    said.textContent = words.moment;
    told.textContent = "";
    const typed = Object.fromEntries(Object.entries(inputs).map(([name, one]) => [name, one.type === "checkbox" ? one.checked : one.value]));
    const answer = await press(typed).catch(() => ({ said: words.no_server }));
    main.ariaDisabled = null;
    said.textContent = answer.said ?? "";
    told.textContent = answer.told ?? "";
    if (!answer.said) Object.values(inputs).forEach((one) => { if (one.type !== "checkbox") one.value = ""; });
    else (secrets[0] ?? Object.values(inputs)[0])?.focus();
  };
  return node;
}

const doorFold = (label, inner) => make("details", { className: "kit-door-fold" }, make("summary", {}, label), inner);

const sheetNode = (rows, title) => make("section", { className: "kit-sheet", "aria-label": title }, make("h3", {}, title),
  make("ol", {}, ...rows.map((row) => make("li", {}, row))));

// Printed from a frame of its own that is gone afterwards: nothing of it is written to a file.
function printSheet(rows, words) {
  const frame = make("iframe", { className: "kit-printing", title: words.sheet });
  document.body.append(frame);
  const page = frame.contentDocument;
  page.title = words.sheet;
  page.head.append(Object.assign(page.createElement("style"), { textContent: "body{font:16px/1.6 serif;margin:3cm 2cm}li{font:20px/2 monospace}" }));
  page.body.append(page.importNode(sheetNode(rows, words.sheet), true), Object.assign(page.createElement("p"), { textContent: words.sheet_says }));
  frame.contentWindow.onafterprint = () => frame.remove();
  frame.contentWindow.print();
}

const openStep = (words, remember, { opened = () => {}, harmed = () => {} }) => doorStep(words, {
  title: words.locked, help: words.open_help, label: words.open,
  fields: [["passphrase", words.passphrase, "password"], ...remember],
  press: async (typed) => {
    const asked = { do: "open", ...typed };
    const answer = await askPractice(asked);
    if (answer.harm) harmed(answer.harm, asked);
    if (!answer.said) opened();
    return answer;
  },
});

// A damaged book: what is safe, what is not in it, and the ways on; each says what it does and asks once more.
function showWays(holder, words, remember, harm, asked) {
  const place = (first, ...others) => {
    const moves = holder.contains(document.activeElement); // the keyboard follows, and is not called from elsewhere
    holder.replaceChildren(first, ...others);
    first.tabIndex = -1;
    if (!moves) return;
    first.focus({ preventScroll: true });
    first.scrollIntoView({ block: "nearest" }); // the form that was here may have been longer than this is
  };
  const goIn = (told) => {
    const atHand = !harm.keyed || asked.do !== "look_over"; // a key that was open was locked meanwhile, and is typed anew
    const harmed = (found, how) => showWays(holder, words, remember, found, how);
    const press = async () => {
      const answer = await askPractice(asked);
      if (answer.harm) harmed(answer.harm, asked);
      return answer;
    };
    place(make("p", { className: "kit-tone-own", role: "status" }, told),
      atHand ? doorStep(words, { fields: [], label: words.go_in, press }) : openStep(words, remember, { harmed }));
  };
  const askFor = (way) => place(make("h3", {}, way.label), make("p", {}, way.asks), doorStep(words, {
    fields: [], label: way.yes,
    press: async () => {
      const answer = await askPractice({ ...asked, do: way.do, file: way.file });
      if (!answer.said) goIn(answer.told);
      return answer;
    },
  }), make("div", {}, make("button", { type: "button", className: "kit-plain", onclick: choose }, words.leave)));
  const choose = () => place(make("h3", {}, words.damaged), make("p", {}, harm.safe), make("p", { className: "kit-elsewhere" }, harm.lost),
    ...(harm.ways.length ? [make("p", {}, words.choose_way)] : []),
    make("ul", { className: "kit-list" }, ...harm.ways.map((way) => make("li", {},
      make("div", { className: "kit-row" }, make("button", { type: "button", onclick: () => askFor(way) }, way.label)),
      make("span", { className: "kit-help" }, way.more)))));
  choose();
}

const DOORS = {
  open: (holder, words, remember) => {
    const harmed = (harm, asked) => showWays(holder, words, remember, harm, asked);
    const sheet = doorStep(words, {
      help: words.sheet_help, label: words.open_with_sheet,
      fields: [["sheet", words.sheet_letters, "letters"], ["passphrase", words.new, "password", words.new_help], ["again", words.again, "password"]],
      press: async (typed) => {
        const asked = { do: "recover", ...typed };
        const answer = await askPractice(asked);
        if (answer.harm) harmed(answer.harm, asked);
        return answer;
      },
    });
    holder.replaceChildren(openStep(words, remember, { harmed }), doorFold(words.have_sheet, sheet));
  },
  mend: (holder, words, remember, of) => {
    const asked = { do: "look_over", of };
    holder.replaceChildren(make("p", { className: "kit-help", role: "status" }, words.looked_over));
    askPractice(asked).catch(() => ({ said: words.no_server })).then((answer) => {
      if (answer.harm) return showWays(holder, words, remember, answer.harm, asked);
      if (!answer.said) return;
      DOORS.open(holder, words, remember);
      holder.prepend(make("p", { className: "kit-problem", role: "status" }, answer.said));
    });
  },
  begin: (holder, words, remember) => {
    const begin = doorStep(words, {
      help: words.begin_help, label: words.begin,
      fields: [["passphrase", words.passphrase, "password", words.new_help], ["again", words.again, "password"], ...remember],
      press: async (typed) => {
        const answer = await askPractice({ do: "begin", ...typed });
        if (!answer.said) confirmSheet(holder, words, answer);
        return answer;
      },
    });
    holder.replaceChildren(begin, doorFold(words.elsewhere, elsewhere(holder, words, remember)));
  },
  look_after: (holder, words, remember) => {
    const change = doorStep(words, {
      label: words.change,
      fields: [["old", words.old, "password"], ["passphrase", words.new, "password", words.new_help], ["again", words.again, "password"]],
      press: async (typed) => ({ said: (await askPractice({ do: "change", ...typed })).said }),
    });
    const seen = make("div");
    const see = doorStep(words, {
      label: words.see_sheet, fields: [["passphrase", words.passphrase, "password"]],
      press: async (typed) => {
        const answer = await askPractice({ do: "sheet", ...typed });
        if (answer.rows) seen.replaceChildren(...sheetShown(answer.rows, words));
        return answer;
      },
    });
    const take = doorStep(words, { help: words.take_help, fields: [], label: words.take, press: () => takePractice(words) });
    const forget = doorFold(words.forget, doorStep(words, {
      help: words.forget_help, fields: [], label: words.forget, press: () => askPractice({ do: "forget" }),
    }));
    forget.hidden = true;
    const open = make("div", { hidden: true }, openStep(words, remember, { opened: () => look() }));
    const look = () => askPractice({ do: "look" }).then((found) => { open.hidden = found.open; forget.hidden = !found.remembered; }, () => {});
    look();
    holder.replaceChildren(open, doorFold(words.change, change), doorFold(words.see_sheet, make("div", {}, see, seen)),
      doorFold(words.take_along, take), forget);
  },
};

// A practice that was sealed on another computer: its file, and one of the two things that open it.
function elsewhere(holder, words, remember) {
  const file = make("input", { type: "file", accept: ".sealed" });
  const press = async (typed) => {
    const answer = await bringPractice(file.files[0], typed, words);
    if (!answer.said) beginWorking(holder, words, words.brought.replace("{place}", answer.place));
    return answer;
  };
  const open = doorStep(words, { label: words.bring, fields: [["passphrase", words.passphrase, "password"], ...remember], press });
  const sheet = doorStep(words, {
    help: words.sheet_help, label: words.bring_with_sheet, press,
    fields: [["sheet", words.sheet_letters, "letters"], ["passphrase", words.new, "password", words.new_help], ["again", words.again, "password"], ...remember],
  });
  return make("div", { className: "kit-door-holder" }, make("p", { className: "kit-help" }, words.elsewhere_help),
    make("label", { className: "kit-door" }, make("span", { className: "kit-label" }, words.file), file), open, doorFold(words.have_sheet, sheet));
}

const beginWorking = (holder, words, told) => holder.replaceChildren(make("p", { className: "kit-tone-own", role: "status" }, told),
  make("p", {}, make("a", { className: "kit-main", href: `${pageConfig().baseUrl ?? "/"}doc/tree/1_session.ipynb`, target: "_blank" }, words.first)));

const sheetShown = (rows, words) => [sheetNode(rows, words.sheet), make("p", { className: "kit-help" }, words.sheet_says),
  make("div", { className: "kit-row" }, make("button", { type: "button", onclick: () => printSheet(rows, words) }, words.print))];

function confirmSheet(holder, words, { rows, places }) {
  const fields = places.map(([row, group], at) => [`part${at}`, words.group.replace("{row}", row).replace("{group}", group), "text"]);
  const confirm = doorStep(words, {
    help: words.confirm_help, label: words.confirm, fields,
    press: async (typed) => {
      const answer = await askPractice({ do: "confirm", parts: fields.map(([name]) => typed[name]) });
      if (!answer.said) beginWorking(holder, words, words.ready.replace("{place}", answer.place));
      return answer;
    },
  });
  holder.replaceChildren(...sheetShown(rows, words), confirm);
}

function doorNode(block) {
  const { way, words, care, of } = block;
  const holder = make("div", { className: "kit-door-holder" });
  DOORS[way](holder, words, block.can_remember ? [["remember", words.remember, "checkbox"]] : [], of);
  if (care) holder.prepend(make("p", { className: "kit-problem", role: "note" }, care));
  return holder;
}
