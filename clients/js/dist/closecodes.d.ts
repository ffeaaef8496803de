/** The codes that the client itself acts upon, so that a page without the others need not load them. */
export declare const TOKEN_EXPIRED = 4001;
export declare const RATE = 4003;
/** The close codes of protocol v1, by name. */
export declare const CloseCode: {
    readonly serviceRestart: 1012;
    readonly goingAway: 4000;
    readonly tokenExpired: 4001;
    readonly slowConsumer: 4002;
    readonly rate: 4003;
    readonly helloTimeout: 4004;
    readonly unavailable: 4005;
    readonly full: 4006;
    readonly disconnected: 4007;
    readonly unauthorised: 4500;
    readonly revoked: 4501;
    readonly forbiddenOrigin: 4502;
    readonly connectionLimit: 4503;
    readonly badProtocol: 4504;
    readonly frameTooLarge: 4505;
    readonly topicForbidden: 4506;
    readonly notFound: 4507;
    readonly blocked: 4508;
};
/**
 * What a close code means, as a sentence for people; "" for a code that protocol v1 does not name.
 * Servers may drop the reason of a close on its way, the code always arrives.
 */
export declare function closeReason(code: number): string;
/** True for the codes after which trying again cannot help until something changes: 4500 to 4999. */
export declare function isRefusal(code: number): boolean;
