// Runs before the first paint, so that the page does not flash in the wrong theme. The style sheet follows
// the system unless a theme was chosen by hand.
(function () {
  try {
    var theme = localStorage.getItem('rtcscope.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch (error) {
    // Storage may be forbidden; the system's theme stands.
  }
})();
