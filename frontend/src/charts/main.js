// Draws every <figure data-chart> from the JSON it carries. The table beside it holds the same numbers, so nothing depends on this.
import * as echarts from 'echarts/core';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { CanvasRenderer } from 'echarts/renderers';
import { optionsOf } from './options.js';
import { tokens } from './tokens.js';
import './charts.css';

echarts.use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const drawn = [];

function draw(figure) {
  const data = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  const place = figure.querySelector('.chart-canvas');
  place.hidden = false;
  place.style.height = `${heightOf(data)}px`;
  const chart = echarts.init(place, null, { renderer: 'canvas' });
  place.setAttribute('role', 'img');
  drawn.push({ chart, data, place });
  new ResizeObserver(() => chart.resize()).observe(place);
  paint(drawn.at(-1));
}

function paint({ chart, data, place }) {
  chart.setOption(optionsOf(data, tokens(place)), true);
  place.setAttribute('aria-label', data.summary);
  chart.off('click');
  chart.on('click', ({ dataIndex }) => { if (data.links?.[dataIndex]) location.assign(data.links[dataIndex]); });
}

function heightOf(data) {
  return data.kind === 'rows' ? Math.max(96, 34 * data.labels.length + 16) : 250;
}

document.querySelectorAll('figure[data-chart]').forEach(draw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawn.forEach(paint));
