import{a as e,b as o,c as t,d as r,e as p,f,g as a,h as i,j as s,k as m,l as n,m as x}from"./shared.mjs";export{e as BACKOFF_BASE,t as BACKOFF_CAP,o as BACKOFF_GROWTH,p as CloseCode,s as MalformedFrame,i as MemoryStorage,n as NotifierClient,r as backoff,f as closeReason,a as isRefusal,m as parseServerFrame,x as safeHref};
//# sourceMappingURL=notifier.mjs.map
