import{a,b as s,c as e,d as r,e as o,f,g as m,h as F,j as C,k as l,l as i,m as t}from"./shared.mjs";export{a as BACKOFF_BASE,e as BACKOFF_CAP,s as BACKOFF_GROWTH,o as CloseCode,C as MalformedFrame,F as MemoryStorage,i as NotifierClient,r as backoff,f as closeReason,m as isRefusal,l as parseServerFrame,t as safeHref};
//# sourceMappingURL=notifier.mjs.map
