import{a as s,b as a,c as e,d as r,e as o,f,g as C,h as F,j as m,k as i,m as t,n as A,o as l}from"./shared.mjs";export{s as BACKOFF_BASE,e as BACKOFF_CAP,a as BACKOFF_GROWTH,f as CloseCode,i as InboxError,o as MemoryStorage,t as NotifierClient,r as backoff,C as closeReason,F as isRefusal,m as parseServerFrame,A as safeHref,l as sharedTabs};
//# sourceMappingURL=notifier.mjs.map
