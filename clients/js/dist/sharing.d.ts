import type { TabSharing } from "./source.js";
/**
 * One socket for the tabs of a browser: an own line, or the tab that holds the one socket of all. Only tabs of the same
 * person share, at the same address; who that is is asked before, and checked with each welcome. Where tabs cannot find each other,
 * each has its own.
 */
export declare const sharedTabs: TabSharing;
