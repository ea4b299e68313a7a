// Menus are <details> elements, which open and close by themselves. This closes them on Escape, when something else
// is clicked or focused, and when one of their items loads a part of the page, but not what is shown in the menu itself.

function openMenus(): HTMLDetailsElement[] {
  return [...document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")];
}

function closeMenusWithout(target: EventTarget | null): void {
  for (const menu of openMenus()) {
    if (target instanceof Node && !menu.contains(target)) menu.open = false;
  }
}

/** Closes `menu`; focus that was inside returns to what opens it. */
function close(menu: HTMLDetailsElement): void {
  const hadFocus = menu.contains(document.activeElement);
  menu.open = false;
  if (hadFocus) menu.querySelector("summary")?.focus();
}

document.addEventListener("click", (event) => closeMenusWithout(event.target));
document.addEventListener("focusin", (event) => closeMenusWithout(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") openMenus().forEach(close);
});
document.addEventListener("htmx:before:request", (event) => {
  const { target } = (event as CustomEvent<{ ctx: { target: unknown } }>).detail.ctx;
  for (const menu of openMenus()) {
    const isShownThere = target instanceof Node && menu.contains(target);
    if (event.target instanceof Node && menu.contains(event.target) && !isShownThere) close(menu);
  }
});
