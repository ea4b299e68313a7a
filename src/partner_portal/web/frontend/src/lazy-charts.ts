// Loads the chart library when the first chart comes near the screen, and keeps drawn charts in step with the page.

interface ChartModule {
  draw: (element: HTMLElement) => void;
}

/** What each chart was drawn from. */
const drawn = new Map<HTMLElement, string>();

function dataOf(element: HTMLElement): string {
  return document.getElementById(element.dataset["chart"] ?? "")?.textContent ?? "";
}

async function draw(element: HTMLElement): Promise<void> {
  const module = (await import(/* @vite-ignore */ element.dataset["module"] ?? "")) as ChartModule;
  drawn.set(element, dataOf(element));
  module.draw(element);
}

/** Draws again what is drawn: everything, or only what the page holds other data for by now. */
function redraw(onlyChanged = false): void {
  for (const [element, data] of drawn) {
    if (!element.isConnected) drawn.delete(element);
    else if (!onlyChanged || data !== dataOf(element)) void draw(element);
  }
}

const nearScreen = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      nearScreen.unobserve(entry.target);
      void draw(entry.target as HTMLElement);
    }
  },
  { rootMargin: "200px" },
);

/** Sees to the charts that the page holds now: new ones are drawn when seen, drawn ones follow their data. */
export function watchCharts(): void {
  redraw(true);
  for (const element of document.querySelectorAll<HTMLElement>("[data-chart]")) {
    if (!drawn.has(element)) nearScreen.observe(element);
  }
}

document.addEventListener("portal:theme", () => redraw());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redraw());
