import{a as s,b as a,c as e,d as r,e as o,f,g as C,h as F,i as m,k as i,m as t,n as A,o as l}from"./shared.mjs";export{s as BACKOFF_BASE,e as BACKOFF_CAP,a as BACKOFF_GROWTH,C as CloseCode,i as InboxError,f as MemoryStorage,t as NotifierClient,r as backoff,F as closeReason,m as isRefusal,o as parseServerFrame,A as safeHref,l as sharedTabs};
//# sourceMappingURL=notifier.mjs.map
