// One question a screen: the form of a page, walked through step by step. Without this it is one page, and works as well.
(() => {
  const form = document.querySelector("form[data-steps]");
  const fields = form ? [...form.querySelectorAll(":scope > .field")] : [];
  if (fields.length < 2) return;
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const screens = []; // a yes or no stands with the question before it
  fields.forEach((field) => (field.matches(":has(> .chips):not(:has(> fieldset))") && screens.length ? screens.at(-1).push(field) : screens.push([field])));
  const more = form.querySelector(":scope > details"), keep = form.querySelector("button.main");
  const hint = form.previousElementSibling, words = form.dataset, place = `kit-step:${location.pathname}`;

  // What is asked among another question's answers offers those that were given, and nothing where none was.
  const among = (field) => {
    const source = [...form.querySelectorAll(`[name="${field.dataset.among}"]:checked`)].map((one) => one.value);
    const own = (form.querySelector(`[name="${field.dataset.among}-new"]`)?.value ?? "").trim();
    const chips = field.querySelector(".chips");
    const there = [...chips.querySelectorAll("input")];
    if (own && !there.some((one) => one.value === own)) {
      const label = make("label", {}), input = make("input", { type: "checkbox", value: own }); // no name: it is in no draft
      label.append(input, make("span", { textContent: own, dir: "auto" }));
      chips.append(label);
      there.push(input);
      form.addEventListener("formdata", (event) => { if (input.checked) event.formData.append(field.dataset.field, own); });
    }
    const offered = there.filter((one) => source.includes(one.value) || one.value === own);
    there.forEach((one) => {
      one.parentElement.hidden = !offered.includes(one);
      if (!offered.includes(one)) one.checked = false;
    });
    return offered.length > 0;
  };
  const asked = (at) => screens[at].every((field) => !field.dataset.among || among(field));
  const next = (at, by) => {
    let to = at + by;
    while (screens[to] && !asked(to)) to += by;
    return screens[to] ? to : -1;
  };

  const told = make("p", { className: "quiet" }), path = make("ol", { className: "path" });
  path.setAttribute("aria-hidden", "true");
  path.append(...screens.map(() => make("li", {})));
  const back = make("button", { type: "button", textContent: words.back });
  const on = make("button", { type: "button", className: "main", textContent: words.on });
  const row = make("p", { className: "row" });
  row.append(back, on);
  form.prepend(told, path);
  keep.before(row);

  let here = 0;
  const show = (at, focus) => {
    here = at;
    screens.forEach((some, one) => some.forEach((field) => { field.hidden = one !== at; }));
    const last = next(at, 1) < 0;
    told.textContent = words.of.replace("{n}", at + 1).replace("{all}", screens.length);
    [...path.children].forEach((one, number) => { one.className = number < at ? "done" : number === at ? "here" : ""; });
    back.hidden = next(at, -1) < 0;
    on.hidden = last;
    if (more) more.hidden = !last;
    if (hint?.matches(".help")) hint.hidden = at > 0;
    keep.className = last ? "main" : "plain";
    keep.textContent = last ? words.keep : words.now;
    sessionStorage.setItem(place, at);
    if (focus) {
      screens[at][0].tabIndex = -1;
      screens[at][0].focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  };
  const go = (by) => { const to = next(here, by); if (to >= 0) show(to, true); };
  back.addEventListener("click", () => go(-1));
  on.addEventListener("click", () => go(1));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input") || on.hidden) return;
    event.preventDefault();
    go(1);
  });
  form.addEventListener("submit", () => sessionStorage.removeItem(place));
  const wrong = screens.findIndex((some) => some.some((field) => field.querySelector("[role=alert]")));
  const kept = Number(sessionStorage.getItem(place) ?? 0);
  const amiss = more?.querySelector("[role=alert]") ? screens.length - 1 : wrong;
  show(amiss >= 0 ? amiss : screens[kept] && asked(kept) ? kept : 0, false);
})();
