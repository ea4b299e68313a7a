// Draws charts into elements that name their data by id. Loaded on demand by app.ts, when a chart is about to be seen.
import { BarChart, type BarSeriesOption } from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  type GridComponentOption,
  TooltipComponent,
  type TooltipComponentOption,
} from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([BarChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

type Option = echarts.ComposeOption<BarSeriesOption | GridComponentOption | TooltipComponentOption>;

/** What web/view/trend.py writes; values after today are null. */
interface TrendData {
  labels: string[];
  titles: string[];
  today: number | null;
  series: { key: string; name: string; values: (number | null)[] }[];
}

interface TooltipItem {
  dataIndex: number;
  marker: string;
  seriesName: string;
  value: number | null;
}

/** The colour that a CSS variable stands for here and now, with light-dark() resolved. */
function colour(element: HTMLElement, variable: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${variable})`;
  element.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

function tooltip(data: TrendData, items: TooltipItem[]): HTMLElement {
  const box = document.createElement("div");
  const index = items[0]?.dataIndex ?? 0;
  const title = box.appendChild(document.createElement("div"));
  title.className = "tooltip-title";
  title.textContent = `${data.titles[index] ?? ""}${index === data.today ? " (so far)" : ""}`;
  for (const item of items) {
    const line = box.appendChild(document.createElement("div"));
    line.className = "tooltip-line";
    const key = line.appendChild(document.createElement("span"));
    key.className = `key key-${data.series.find((series) => series.name === item.seriesName)?.key ?? ""}`;
    line.append(item.seriesName);
    const value = line.appendChild(document.createElement("b"));
    value.textContent = item.value === null ? "--" : item.value.toLocaleString(document.documentElement.lang);
  }
  return box;
}

function trendOption(element: HTMLElement, data: TrendData): Option {
  const ink = colour(element, "--ink-muted");
  const line = colour(element, "--line");
  const surface = colour(element, "--surface");
  const top = data.series.length - 1;
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    aria: { enabled: true, label: { description: element.getAttribute("aria-label") ?? "" } },
    textStyle: { fontFamily: getComputedStyle(element).fontFamily, color: ink },
    grid: { left: 4, right: 4, top: 12, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow", shadowStyle: { color: line, opacity: 0.35 } },
      backgroundColor: surface,
      borderColor: line,
      padding: [8, 12],
      textStyle: { color: colour(element, "--ink"), fontSize: 13 },
      confine: true,
      formatter: (items: unknown) => tooltip(data, items as TooltipItem[]),
    },
    xAxis: {
      type: "category",
      data: data.labels,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: line } },
      axisLabel: { color: ink, fontSize: 12, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      minInterval: 1,
      splitNumber: 4,
      axisLabel: { color: ink, fontSize: 12 },
      splitLine: { lineStyle: { color: line } },
    },
    series: data.series.map((series, place) => ({
      type: "bar",
      name: series.name,
      stack: "activities",
      barMaxWidth: 28,
      barCategoryGap: "28%",
      itemStyle: {
        color: colour(element, `--series-${series.key}`),
        borderColor: surface,
        borderWidth: data.labels.length > 120 ? 0 : 0.5,
        borderRadius: place === top ? [2, 2, 0, 0] : 0,
      },
      emphasis: { disabled: true },
      data: series.values.map((value, index) =>
        index === data.today ? { value, itemStyle: { opacity: 0.45 } } : value,
      ),
    })),
  };
}

function read(element: HTMLElement): TrendData | null {
  const source = document.getElementById(element.dataset["chart"] ?? "");
  return source?.textContent ? (JSON.parse(source.textContent) as TrendData) : null;
}

/** Draws or redraws the chart of `element` with the data that the page holds now. */
export function draw(element: HTMLElement): void {
  const data = read(element);
  if (data === null) return;
  let chart = echarts.getInstanceByDom(element);
  if (chart === undefined) {
    chart = echarts.init(element, null, { renderer: "svg" });
    new ResizeObserver(() => chart?.resize()).observe(element);
  }
  chart.setOption(trendOption(element, data), { notMerge: true });
}
