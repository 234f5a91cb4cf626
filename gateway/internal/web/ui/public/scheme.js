// Before the first paint: the colours and the language that were chosen here, so that nothing flashes.
(() => {
  const get = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const chosen = get('orderbell.scheme');
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
  document.documentElement.lang = get('orderbell.language') === 'en' ? 'en' : 'ru';
})();
