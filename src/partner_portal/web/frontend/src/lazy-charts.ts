// Loads the chart library when the first chart comes near the screen, and keeps drawn charts in step with the page.

interface ChartModule {
  draw: (element: HTMLElement) => void;
}

const drawn = new Set<HTMLElement>();

async function draw(element: HTMLElement): Promise<void> {
  const module = (await import(/* @vite-ignore */ element.dataset["module"] ?? "")) as ChartModule;
  drawn.add(element);
  module.draw(element);
}

function redraw(): void {
  for (const element of drawn) {
    if (element.isConnected) void draw(element);
    else drawn.delete(element);
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
  redraw();
  for (const element of document.querySelectorAll<HTMLElement>("[data-chart]")) {
    if (!drawn.has(element)) nearScreen.observe(element);
  }
}

document.addEventListener("portal:theme", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
