// A locked practice's door, and the way to one's own: what is typed here goes to the server and is kept nowhere.

const askPractice = async (body) => {
  const xsrf = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1] ?? "";
  const answer = await fetch(`${pageConfig().baseUrl ?? "/"}kit/practice`, {
    method: "POST", credentials: "same-origin", cache: "no-store", body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-XSRFToken": decodeURIComponent(xsrf) },
  });
  return answer.json();
};

// One step of the door: some fields, one main button, and a place for the sentence that comes back.
function doorStep(words, { title = "", help = "", fields, label, press }) {
  const inputs = Object.fromEntries(fields.map(([name, text, kind]) => [name, make(kind === "letters" ? "textarea" : "input", {
    ...(kind === "letters" ? { rows: 8 } : { type: kind }), autocomplete: "off", spellcheck: false, ...(kind === "checkbox" ? {} : { className: "kit-secret" }),
  })]));
  const nodes = fields.map(([name, text, kind]) => make("label", { className: kind === "checkbox" ? "kit-flag" : "kit-field" },
    ...(kind === "checkbox" ? [inputs[name], make("span", {}, text)] : [make("span", { className: "kit-label" }, text), inputs[name]])));
  const secrets = fields.filter(([, , kind]) => kind === "password").map(([name]) => inputs[name]);
  const show = make("input", { type: "checkbox", onchange: () => secrets.forEach((one) => { one.type = show.checked ? "text" : "password"; }) });
  const said = make("p", { className: "kit-problem", role: "alert" });
  const main = make("button", { type: "submit", className: "kit-main" }, label);
  const node = make("form", { className: "kit-form kit-door" }, title ? make("h3", {}, title) : null, help ? make("p", { className: "kit-help" }, help) : null,
    ...nodes, secrets.length ? make("label", { className: "kit-flag" }, show, make("span", {}, words.show)) : null,
    make("div", { className: "kit-saving" }, main), said);
  node.onsubmit = async (event) => {
    event.preventDefault();
    if (main.disabled) return;
    main.disabled = true;
    said.textContent = words.moment;
    const typed = Object.fromEntries(Object.entries(inputs).map(([name, one]) => [name, one.type === "checkbox" ? one.checked : one.value]));
    const answer = await press(typed).catch(() => ({ said: words.no_server }));
    main.disabled = false;
    said.textContent = answer.said ?? "";
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

const DOORS = {
  open: (holder, words, remember) => {
    const open = doorStep(words, {
      title: words.locked, label: words.open,
      fields: [["passphrase", words.passphrase, "password"], ...remember],
      press: (typed) => askPractice({ do: "open", ...typed }),
    });
    const sheet = doorStep(words, {
      help: words.sheet_help, label: words.open_with_sheet,
      fields: [["sheet", words.sheet_letters, "letters"], ["passphrase", words.new, "password"], ["again", words.again, "password"]],
      press: (typed) => askPractice({ do: "recover", ...typed }),
    });
    holder.replaceChildren(open, doorFold(words.have_sheet, sheet));
  },
  begin: (holder, words, remember) => {
    holder.replaceChildren(doorStep(words, {
      help: words.begin_help, label: words.begin,
      fields: [["passphrase", words.passphrase, "password"], ["again", words.again, "password"], ...remember],
      press: async (typed) => {
        const answer = await askPractice({ do: "begin", ...typed });
        if (!answer.said) confirmSheet(holder, words, answer);
        return answer;
      },
    }));
  },
  look_after: (holder, words) => {
    const change = doorStep(words, {
      label: words.change,
      fields: [["old", words.old, "password"], ["passphrase", words.new, "password"], ["again", words.again, "password"]],
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
    holder.replaceChildren(doorFold(words.change, change), doorFold(words.see_sheet, make("div", {}, see, seen)));
  },
};

const sheetShown = (rows, words) => [sheetNode(rows, words.sheet), make("p", { className: "kit-help" }, words.sheet_says),
  make("div", { className: "kit-row" }, make("button", { type: "button", onclick: () => printSheet(rows, words) }, words.print))];

function confirmSheet(holder, words, { rows, places }) {
  const fields = places.map(([row, group], at) => [`part${at}`, words.group.replace("{row}", row).replace("{group}", group), "text"]);
  const confirm = doorStep(words, {
    help: words.confirm_help, label: words.confirm, fields,
    press: async (typed) => {
      const answer = await askPractice({ do: "confirm", parts: fields.map(([name]) => typed[name]) });
      if (!answer.said) {
        holder.replaceChildren(make("p", { className: "kit-tone-own", role: "status" }, words.ready.replace("{place}", answer.place)),
          make("p", {}, make("a", { className: "kit-main", href: `${pageConfig().baseUrl ?? "/"}doc/tree/1_session.ipynb`, target: "_blank" }, words.first)));
      }
      return answer;
    },
  });
  holder.replaceChildren(...sheetShown(rows, words), confirm);
}

function doorNode(block) {
  const { way, words } = block;
  const holder = make("div", { className: "kit-door-holder" });
  DOORS[way](holder, words, block.can_remember ? [["remember", words.remember, "checkbox"]] : []);
  return holder;
}
