/** True for a host name that is this machine: what is sent to it passes no network. @param host also an IPv6 address in brackets */
export const isThisMachine = (host: string): boolean =>
  /^(localhost|\[?::1\]?|127\.\d+\.\d+\.\d+)$/.test(host);
