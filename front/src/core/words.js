/** The sentences and numbers of the language in force. Keys and placeholders are those of the Python catalogue. */
import catalogue from "catalogue";

export const LANGUAGES = ["en", "es"];
let language = "en";
const numberFormats = new Map();

export const getLanguage = () => language;
export function setLanguage(code) {
  language = LANGUAGES.includes(code) ? code : "en";
}

export const has = (key) => key in catalogue[language];

/** The sentence `key`, its `{name}` and `{name:.6g}` filled. @param {string} key @param {Record<string, any>} [values] */
export function t(key, values = {}) {
  const sentence = catalogue[language][key] ?? key;
  return sentence.replace(/\{(\w+)(?::\.?(\d+)?(\w))?\}/g, (whole, name, digits, kind) => {
    const value = values[name];
    if (value === undefined) return whole;
    const numeric = typeof value === "number" || ["NaN", "Infinity", "-Infinity"].includes(value);
    if (!numeric) return String(value);
    return kind === "f" ? fixed(Number(value), Number(digits ?? 6)) : number(Number(value), Number(digits) || 6);
  });
}

const fixed = (value, digits) =>
  minus(formatter({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value));

function formatter(options) {
  const key = language + JSON.stringify(options);
  if (!numberFormats.has(key))
    numberFormats.set(key, new Intl.NumberFormat(language, { useGrouping: false, ...options }));
  return numberFormats.get(key);
}

const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** A number with so many significant digits; very large and very small ones as 1.5·10⁻⁷. */
export function number(value, digits = 6) {
  if (value === null || value === undefined) return "—";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-4)) {
    const [mantissa, exponent] = value.toExponential(Math.max(0, digits - 1)).split("e");
    const shown = formatter({ maximumFractionDigits: Math.max(0, digits - 1) }).format(Number(mantissa));
    return `${minus(shown)}·10${raised(Number(exponent))}`;
  }
  return minus(formatter({ maximumSignificantDigits: digits }).format(value));
}

/** The same with the trailing zeros kept, so that a number that changes does not dance. */
export function steady(value, digits = 5) {
  if (value === null || value === undefined || !Number.isFinite(value)) return number(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-4)) return number(value, digits);
  const whole = size < 1 ? 1 : Math.floor(Math.log10(size)) + 1;
  const fraction = Math.max(0, digits - whole);
  return minus(formatter({ minimumFractionDigits: fraction, maximumFractionDigits: fraction }).format(value));
}

/** A number for an axis: as many decimals as the distance between ticks needs. */
export function tick(value, step) {
  if (Math.abs(value) < step / 1e6) return "0";
  if (Math.abs(value) >= 1e5) return number(value, 3).replace(/^1·/, "");
  if (step < 1e-5) return number(value, Math.min(15, Math.ceil(Math.log10(Math.abs(value) / step)) + 1));
  const fraction = Math.max(0, Math.min(8, Math.ceil(-Math.log10(step) - 1e-9)));
  return minus(formatter({ minimumFractionDigits: fraction, maximumFractionDigits: fraction }).format(value));
}

/** A power of ten for an axis: 0.01, 100, 10⁷. */
export function power(value) {
  const exponent = Math.round(Math.log10(value));
  return Math.abs(exponent) < 4 ? number(value, 3) : `10${raised(exponent)}`;
}

const raised = (exponent) => [...String(exponent)].map((c) => SUPERSCRIPT[c]).join("");

const minus = (text) => text.replace("-", "−");

/** Text that came with numbers already in it: their decimal points as the language writes them. */
export const localised = (text) => (language === "es" ? text.replace(/(\d)\.(\d)/g, "$1,$2") : text);

/** A number as a person types it: decimal comma or point, e-notation. NaN where it is none. */
export function parse(text) {
  const plain = text.trim().replace("−", "-").replace(/·10/, "e").replace(",", ".");
  return plain === "" ? NaN : Number(plain);
}
