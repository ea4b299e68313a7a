// Single keys. What a page offers by a key says so itself, in `data-key`; the list of keys is made from these.
// They can be switched off, and are silent while somebody types.

const SWITCH = "portal-single-keys";

function isOn(): boolean {
  return localStorage.getItem(SWITCH) !== "off";
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, select, textarea"));
}

function offered(key: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
}

/** What the key stands for, in words. */
function nameOf(element: HTMLElement): string {
  const labels = element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? element.labels : null;
  const kept = element.cloneNode(true) as HTMLElement;
  kept.querySelectorAll("kbd").forEach((mark) => mark.remove());
  return element.getAttribute("aria-label") ?? labels?.[0]?.textContent ?? kept.textContent.trim();
}

function keyName(key: string): string {
  return { ArrowLeft: "←", ArrowRight: "→" }[key] ?? key.toUpperCase();
}

function dialog(): HTMLDialogElement | null {
  return document.querySelector<HTMLDialogElement>("#keys");
}

function list(): void {
  const body = document.querySelector<HTMLElement>("#keys-list");
  if (body === null) return;
  body.replaceChildren();
  for (const element of document.querySelectorAll<HTMLElement>("[data-key]")) {
    const row = body.appendChild(document.createElement("div"));
    const key = row.appendChild(document.createElement("dt")).appendChild(document.createElement("kbd"));
    key.textContent = keyName(element.dataset["key"] ?? "");
    row.appendChild(document.createElement("dd")).textContent = nameOf(element);
  }
}

function show(): void {
  const box = dialog();
  if (box === null || box.open) return;
  list();
  const toggle = box.querySelector<HTMLInputElement>("#keys-on");
  if (toggle !== null) toggle.checked = isOn();
  box.showModal();
}

function follow(element: HTMLElement): void {
  element.scrollIntoView({ block: "nearest" });
  if (element.matches("input, select, textarea")) element.focus();
  else element.click();
  if (element.matches("summary")) element.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
  if (dialog()?.open === true || !isOn()) return;
  if (event.key === "?") {
    event.preventDefault();
    show();
    return;
  }
  const element = offered(event.key);
  // arrows scroll what can be scrolled sideways
  if (element === null || (event.key.startsWith("Arrow") && event.target !== document.body)) return;
  event.preventDefault();
  follow(element);
});

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-show-keys]") !== null) show();
});

document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.id === "keys-on") {
    localStorage.setItem(SWITCH, event.target.checked ? "on" : "off");
  }
});
