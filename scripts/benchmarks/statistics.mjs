/** What is made of measured figures: medians, their spread, means of ratios. */

/** The value that a part of the list is below, between its neighbours where it falls between two. */
export function quantile(values, part) {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const low = sorted[Math.floor(place)];
  return low + (sorted[Math.ceil(place)] - low) * (place % 1);
}

export const median = (values) => quantile(values, 0.5);

/** How far the middle half of the values reaches, as a part of the median. */
export const spread = (values) => (quantile(values, 0.75) - quantile(values, 0.25)) / median(values);

export const geometricMean = (values) => Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** What a least-squares line through the logarithms rises by: 1 if the cost grows as the size does, 0 if it does not grow. */
export function slope(points) {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)]);
  const [mx, my] = [0, 1].map((i) => logs.reduce((sum, point) => sum + point[i], 0) / logs.length);
  const rise = logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  return rise / logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}
