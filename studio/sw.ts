// Service worker of the static home: isolation headers, and the page offline.
export {};
