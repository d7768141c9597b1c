/** True for a relative path that leads out of its folder. Between two drives of Windows it is absolute: "D:/photos". */
export const leadsOut = (way: string): boolean => /^(\.\.(\/|$)|\/|[a-z]:\/)/i.test(way);
