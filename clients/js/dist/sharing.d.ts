import type { TabSharing } from "./source.js";
/**
 * One socket for the tabs of a browser: the line of a tab that leads opens it, and the lines of the others open a link to that
 * tab, which is as a socket to them. Only tabs of the same person share, at the same address; who that is is asked before, and
 * checked with each welcome. Where tabs cannot find each other, each has its own.
 */
export declare const sharedTabs: TabSharing;
