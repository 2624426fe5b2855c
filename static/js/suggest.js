/* Suggestions under the search field, as a combobox of the ARIA practices. The address of data-suggest answers JSON:
   {"suggestions": [{"text": "水城红心猕猴桃", "note": "水城区", "href": "/products/…"}, …]}; note and href may be missing. */

const WAIT_MS = 120;

const setUp = (form) => {
  const input = form.querySelector('input[type="search"]');
  const list = document.createElement("ul");
  const status = document.createElement("span");
  list.className = "suggestions";
  list.id = `${input.id}-list`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.querySelector("label").textContent);
  list.hidden = true;
  status.className = "sr";
  status.setAttribute("role", "status");
  form.append(list, status);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) {
    input.setAttribute(name, value);
  }

  let shown = [];
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

  const mark = (index) => {
    list.children[at]?.setAttribute("aria-selected", "false");
    at = index;
    const option = list.children[at];
    input.value = at < 0 ? typed : shown[at].text;
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
    close();
    if (href) {
      location.assign(href);
      return;
    }
    input.value = text;
    form.requestSubmit();
  };

  const show = (suggestions) => {
    shown = suggestions;
    at = -1;
    list.replaceChildren(
      ...suggestions.map(({ text, note }, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.append(Object.assign(document.createElement("span"), { textContent: text }));
        if (note) option.append(Object.assign(document.createElement("small"), { textContent: note }));
        return option;
      }),
    );
    list.hidden = suggestions.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = suggestions.length ? `${suggestions.length} ${input.dataset.some}` : input.dataset.none;
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const address = new URL(form.dataset.suggest, location.href);
    address.searchParams.set("q", typed);
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { suggestions } = await answer.json();
      if (document.activeElement === input) show(suggestions.slice(0, 8));
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  input.addEventListener("input", (event) => {
    if (event.isComposing) return;
    typed = input.value.trim();
    clearTimeout(timer);
    if (!typed) {
      asking?.abort();
      close();
      return;
    }
    timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("compositionend", () => input.dispatchEvent(new Event("input")));

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const last = shown.length - 1;
    if (event.key === "ArrowDown" && !list.hidden) mark(at === last ? -1 : at + 1);
    else if (event.key === "ArrowUp" && !list.hidden) mark(at === -1 ? last : at - 1);
    else if (event.key === "Enter" && at >= 0) take(at);
    else if (event.key === "Escape" && !list.hidden) {
      input.value = typed;
      close();
    } else return;
    event.preventDefault();
  });

  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("li");
    if (option) take([...list.children].indexOf(option));
  });
  input.addEventListener("blur", close);
};

for (const form of document.querySelectorAll("form[data-suggest]")) setUp(form);
