import{a,b as s,c as e,d as r,e as o,g as f,h as m,i as F,j as C,k as l,l as i,m as t,n as A}from"./shared.mjs";export{a as BACKOFF_BASE,e as BACKOFF_CAP,s as BACKOFF_GROWTH,f as CloseCode,i as InboxError,C as MalformedFrame,o as MemoryStorage,t as NotifierClient,r as backoff,m as closeReason,F as isRefusal,l as parseServerFrame,A as safeHref};
//# sourceMappingURL=notifier.mjs.map
