// The first that fits: a browser names those that it is like, too.
const browsers: [RegExp, string][] = [
  [/YaBrowser\//, 'Yandex Browser'],
  [/Edg(A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/(Firefox|FxiOS)\//, 'Firefox'],
  [/(Chrome|CriOS)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const systems: [RegExp, string][] = [
  [/Windows/, 'Windows'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Mac OS X/, 'macOS'],
  [/Linux|X11/, 'Linux'],
];

/** A browser and its system, as people call them: "Chrome, Windows". One that we do not know is shown as it calls itself. */
export function agentName(said: string): string {
  const name = (known: [RegExp, string][]) => known.find(([sign]) => sign.test(said))?.[1];
  const browser = name(browsers);
  return browser ? [browser, name(systems)].filter(Boolean).join(', ') : said;
}
