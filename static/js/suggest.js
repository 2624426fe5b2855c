/* Suggestions under the search field, as an editable combobox with a grouped listbox of the ARIA practices. The address
   of data-suggest answers JSON: {"suggestions": [{"text": "水城红心猕猴桃", "note": "", "group": "商品", "href":
   "/products/…"}, …]}, those of one group together; without a typed word, what many ask. Without scripts the form is a
   plain search. */

const WAIT_MS = 120;

const element = (name, attributes = {}, text = "") => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
};

const setUp = (form) => {
  const input = form.querySelector('input[type="search"]');
  const list = element("ul", { class: "suggestions", id: `${input.id}-list`, role: "listbox" });
  const status = element("span", { class: "sr", role: "status" });
  list.setAttribute("aria-label", form.querySelector("label").textContent);
  list.hidden = true;
  form.append(list, status);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) {
    input.setAttribute(name, value);
  }

  let shown = [];
  let options = [];
  let at = -1;
  let typed = input.value;
  let timer;
  let asking;

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const giveUp = () => {
    clearTimeout(timer);
    asking?.abort();
    close();
    status.textContent = "";
  };

  const mark = (index) => {
    options[at]?.setAttribute("aria-selected", "false");
    at = index;
    const option = options[at];
    input.value = option ? shown[at].text : typed;
    if (!option) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  };

  const take = (index) => {
    const { text, href } = shown[index];
    giveUp();
    input.value = text;
    if (href) location.assign(href);
    else form.requestSubmit();
  };

  const drawn = ({ text, note }, index) => {
    const option = element("li", { id: `${list.id}-${index}`, role: "option", "aria-selected": "false" });
    option.append(element("span", {}, text));
    if (note) option.append(element("small", {}, note));
    return option;
  };

  const show = (suggestions) => {
    shown = suggestions;
    options = suggestions.map(drawn);
    at = -1;
    const groups = [];
    suggestions.forEach(({ group }, index) => {
      if (!groups.length || groups.at(-1).name !== group) groups.push({ name: group, options: [] });
      groups.at(-1).options.push(options[index]);
    });
    list.replaceChildren(
      ...groups.map(({ name, options: own }, place) => {
        const head = element("li", { id: `${list.id}-group-${place}`, role: "presentation", class: "suggestions__head" }, name);
        const inner = element("ul", { role: "group", "aria-labelledby": head.id });
        inner.append(head, ...own);
        const box = element("li", { role: "presentation" });
        box.append(inner);
        return box;
      }),
    );
    list.hidden = suggestions.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
    if (suggestions.length) status.textContent = `${suggestions.length} ${input.dataset.some}`;
    else status.textContent = typed ? input.dataset.none : "";
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const address = new URL(form.dataset.suggest, location.href);
    if (typed) address.searchParams.set("q", typed);
    try {
      const answer = await fetch(address, { signal, headers: { Accept: "application/json" } });
      if (!answer.ok) {
        close();
        return;
      }
      const { suggestions } = await answer.json();
      if (!signal.aborted && document.activeElement === input) show(suggestions);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  const askSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  };

  input.addEventListener("input", (event) => {
    if (event.isComposing) return;
    typed = input.value.trim();
    askSoon();
  });
  input.addEventListener("compositionend", () => input.dispatchEvent(new Event("input")));
  input.addEventListener("click", () => {
    if (list.hidden && !typed) askSoon();
  });

  const keys = {
    ArrowDown: (last) => (list.hidden ? ask() : mark(at === last ? -1 : at + 1)),
    ArrowUp: (last) => (list.hidden ? ask() : mark(at === -1 ? last : at - 1)),
    Home: () => at >= 0 && (mark(0), true),
    End: (last) => at >= 0 && (mark(last), true),
    Enter: () => at >= 0 && (take(at), true),
    Escape: () => {
      if (list.hidden) return false;
      input.value = typed;
      giveUp();
      return true;
    },
  };

  input.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (event.isComposing || !act || event.ctrlKey || event.metaKey || event.altKey) return;
    if (act(shown.length - 1) !== false) event.preventDefault();
  });

  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const index = options.indexOf(event.target.closest('[role="option"]'));
    if (index >= 0) take(index);
  });
  form.addEventListener("submit", giveUp);
  input.addEventListener("blur", giveUp);
};

for (const form of document.querySelectorAll("form[data-suggest]")) setUp(form);
