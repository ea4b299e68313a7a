// Says in the polite live region what changed without a page load.

let said: string | null = null;

function say(text: string): void {
  const region = document.getElementById("announcer");
  if (region !== null) region.textContent = text;
}

/** Says what the page has to announce, when that has changed since it was last looked at; at first only takes note. */
export function announceChanges(): void {
  const text = document.querySelector<HTMLElement>("[data-announce]")?.dataset["announce"] ?? "";
  if (said !== null && text !== "" && text !== said) say(text);
  said = text;
}

for (const failure of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(failure, () => {
    say("The portal could not be reached or answered with an error. What is shown is as it was.");
  });
}
