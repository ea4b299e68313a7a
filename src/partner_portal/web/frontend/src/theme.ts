// The colour theme: the system's unless a person chose one. The choice is a cookie, so that the server writes it into the page.

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const YEAR_SECONDS = 365 * 24 * 60 * 60;

function chosen(): Theme {
  const attribute = document.documentElement.dataset["bsTheme"];
  return attribute === "light" || attribute === "dark" ? attribute : "system";
}

function choose(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["bsTheme"];
  else document.documentElement.dataset["bsTheme"] = theme;
  const secure = location.protocol === "https:" ? "; secure" : "";
  const age = theme === "system" ? 0 : YEAR_SECONDS;
  document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax${secure}`;
  document.dispatchEvent(new Event("portal:theme"));
}

/** Makes the button say which theme is in force. */
export function labelThemeButton(): void {
  const button = document.querySelector<HTMLElement>("[data-theme-button]");
  if (button === null) return;
  const text = `Colour theme: ${chosen()}. Change it.`;
  button.setAttribute("aria-label", text);
  button.title = text;
  button.dataset["theme"] = chosen();
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element) || event.target.closest("[data-theme-button]") === null) return;
  choose(THEMES[(THEMES.indexOf(chosen()) + 1) % THEMES.length] ?? "system");
  labelThemeButton();
});
