/* What every page gains from JavaScript; each page works without it. Listeners sit on the document, so parts that htmx
   puts in later behave the same. No visible words here: they come from the page. */

const FORGET_AFTER_MS = 12 * 60 * 60 * 1000;
const RAIL = window.matchMedia("(min-width: 64rem)");

/* basket count: cached pages carry none, so it is asked for once the page stands */

const showCount = (count) => {
  for (const badge of document.querySelectorAll("[data-basket-count]")) {
    badge.textContent = String(count);
    badge.hidden = count === 0;
  }
};

const askCount = async (address) => {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { count } = await answer.json();
    if (Number.isInteger(count)) showCount(count);
  } catch {
    /* without a network the neutral link stays as it is */
  }
};

const basket = document.querySelector("script[data-basket]");
if (basket && !basket.hasAttribute("data-basket-known")) {
  const later = window.requestIdleCallback ?? ((run) => setTimeout(run, 200));
  later(() => askCount(basket.dataset.basket));
}

/* forms: sent once, empty fields left out of addresses, what was typed kept */

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  if (form.dataset.keep) stash(form, true);
});

document.addEventListener("formdata", (event) => {
  if (event.target.method !== "get") return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  }
});

const secret = new Set(["password", "hidden", "file", "submit", "button"]);
const keepable = (form) =>
  [...form.elements].filter((field) => field.name && !secret.has(field.type) && field.autocomplete !== "one-time-code");

const stash = (form, sent = false) => {
  const values = keepable(form).map((field) =>
    field.type === "checkbox" || field.type === "radio" ? [field.name, field.value, field.checked] : [field.name, field.value],
  );
  try {
    sessionStorage.setItem(`typed:${form.dataset.keep}`, JSON.stringify({ at: Date.now(), path: location.pathname, sent, values }));
  } catch {
    /* private windows may refuse storage: then nothing is kept */
  }
};

const restore = (form) => {
  const key = `typed:${form.dataset.keep}`;
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
  if (!kept || Date.now() - kept.at > FORGET_AFTER_MS) return;
  if (form.querySelector("[aria-invalid]")) return; // the server already answered with what was typed
  for (const [name, value, checked] of kept.values) {
    for (const field of keepable(form).filter((one) => one.name === name)) {
      if (checked === undefined) field.value ||= value;
      else if (field.value === value) field.checked = checked;
    }
  }
};

const forgetWhatArrived = () => {
  for (const key of Object.keys(sessionStorage).filter((one) => one.startsWith("typed:"))) {
    const { sent, path } = JSON.parse(sessionStorage.getItem(key));
    if (sent && path !== location.pathname) sessionStorage.removeItem(key);
  }
};

try {
  forgetWhatArrived();
  document.querySelectorAll("form[data-keep]").forEach(restore);
} catch {
  /* storage refused or unreadable: forms start as the server wrote them */
}

document.addEventListener("input", (event) => {
  if (event.target.form?.dataset.keep) stash(event.target.form);
});

/* what is wrong with a form: each line names its field, for several may say the same */

const colon = document.documentElement.lang.startsWith("en") ? ": " : "：";
for (const link of document.querySelectorAll("[data-focus] a[href^='#']")) {
  const label = document.querySelector(`label[for="${CSS.escape(link.hash.slice(1))}"]`);
  const name = label?.firstChild.textContent.trim();
  if (name && !link.textContent.includes(name)) link.prepend(name + colon);
}

document.querySelector("[data-focus]")?.focus();

/* quantities: minus and plus around a number */

const setUpQuantities = (root) => {
  for (const step of root.querySelectorAll("[data-qty] [data-step]")) step.hidden = false;
  root.querySelectorAll("[data-qty]").forEach(markEnds);
};

const markEnds = (box) => {
  const input = box.querySelector("input");
  const value = Number(input.value);
  box.querySelector('[data-step="-1"]').disabled = input.min !== "" && value <= Number(input.min);
  box.querySelector('[data-step="1"]').disabled = input.max !== "" && value >= Number(input.max);
};

document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  if (!step) return;
  const input = step.closest("[data-qty]").querySelector("input");
  if (Number(step.dataset.step) > 0) input.stepUp();
  else input.stepDown();
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

let sending;
document.addEventListener("change", (event) => {
  const box = event.target.closest("[data-qty]");
  if (!box) return;
  markEnds(box);
  if (!box.hasAttribute("data-qty-apply")) return;
  clearTimeout(sending);
  sending = setTimeout(() => event.target.form?.requestSubmit(), 400);
});

/* facets: in the rail each tick applies at once; open groups stay open */

const opened = new Map();

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-facets]");
  if (form && RAIL.matches) form.requestSubmit();
});

document.addEventListener(
  "toggle",
  (event) => {
    const group = event.target;
    if (group instanceof HTMLDetailsElement && group.dataset.key) opened.set(group.dataset.key, group.open);
  },
  true,
);

document.addEventListener("htmx:after:process", (event) => {
  const root = event.target;
  setUpQuantities(root);
  for (const group of root.querySelectorAll("details[data-key]")) {
    if (opened.has(group.dataset.key)) group.open = opened.get(group.dataset.key);
  }
});

/* rows that open what is behind them, sheets that print */

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) {
    window.print();
    return;
  }
  const row = event.target.closest(".table__row--opens");
  if (!row || event.target.closest("a, button, input, label") || getSelection().toString()) return;
  const link = row.querySelector(".table__open");
  if (event.metaKey || event.ctrlKey) window.open(link.href);
  else link.click();
});

for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;

/* rows of tabs that are wider than the phone start at the one that is open */

for (const here of document.querySelectorAll(".portal-nav [aria-current], .tabs [aria-current], .sorts [aria-current]")) {
  const strip = here.closest("ul, nav");
  strip.scrollLeft = here.offsetLeft - strip.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
}

setUpQuantities(document);
