import{a,b as s,c as e,d as r,e as o,f,g as C,h as F,j as i,k as m,m as t,n as A,o as b}from"./shared.mjs";export{a as BACKOFF_BASE,e as BACKOFF_CAP,s as BACKOFF_GROWTH,f as CloseCode,m as InboxError,o as MemoryStorage,t as NotifierClient,r as backoff,C as closeReason,F as isRefusal,i as parseServerFrame,A as safeHref,b as sharedTabs};
//# sourceMappingURL=notifier.mjs.map
