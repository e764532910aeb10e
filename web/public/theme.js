// Runs before the first paint, so that the page does not flash in the wrong theme. Dark unless chosen.
(function () {
  var theme = 'dark';
  try {
    if (localStorage.getItem('rtcscope.theme') === 'light') theme = 'light';
  } catch (error) {
    // Storage may be forbidden; the default stands.
  }
  document.documentElement.dataset.theme = theme;
})();
