/**
 * A duration as Go prints a time.Duration: `0s`, `417ns`, `1.5µs`, `4.812345ms`, `1.204s`.
 *
 * @param {number} nanoseconds a whole number, exact up to 104 days
 * @returns {string}
 */
export function goDuration(nanoseconds) {
  if (nanoseconds === 0) return '0s';
  if (nanoseconds < 1e3) return `${nanoseconds}ns`;
  const [unit, scale, digits] = nanoseconds < 1e6 ? ['µs', 1e3, 3] : nanoseconds < 1e9 ? ['ms', 1e6, 6] : ['s', 1e9, 9];
  const whole = Math.floor(nanoseconds / scale);
  const fraction = String(nanoseconds % scale).padStart(digits, '0').replace(/0+$/, '');
  return fraction === '' ? `${whole}${unit}` : `${whole}.${fraction}${unit}`;
}
