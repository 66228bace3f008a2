import { vocabulary } from '../../domain/canonical-name.ts';

/** How providers name errors: one list for each row of contract §5. */

export const AUTH_NAMES = vocabulary(`
  UNAUTHENTICATED, UNAUTHORIZED, API_KEY_INVALID, INVALID_API_KEY, AUTHENTICATION_ERROR, AUTH_FAILURE,
  INVALID_ACCESS_TOKEN, UNRECOGNIZED_CLIENT_EXCEPTION, EXPIRED_TOKEN_EXCEPTION, INVALID_SIGNATURE_EXCEPTION,
  MISSING_AUTHENTICATION_TOKEN_EXCEPTION`);
export const AUTH_WORDS = [
  /api key not valid|(?:invalid|incorrect|expired|revoked|unknown) (?:x-)?api[- ]?key|api[- ]?key (?:expired|is invalid|has been revoked|was reported as leaked)/i,
  /\b(?:invalid|incorrect|expired|revoked|unknown) (?:access|bearer|auth\w*|api|security|id) token|\baccess token (?:is )?(?:invalid|expired)|\bsecurity token\b[^.\n]{0,40}\b(?:invalid|expired)/i,
  /\bauthentication (?:error|failed|failure|required)\b|\binvalid (?:authentication )?credentials\b|\blogin fail|^\s*(?:unauthorized|invalid token)\.?\s*$/i,
];
/** A valid key that may not use this model (LiteLLM, with 401). */
export const KEY_SCOPE_WORDS = /\b(?:key|team|user|project) (?:is )?not allowed to access\b/i;

export const CREDITS_NAMES = vocabulary(`
  INSUFFICIENT_QUOTA, INSUFFICIENT_CREDITS, INSUFFICIENT_BALANCE, INSUFFICIENT_FUNDS, INSUFFICIENT_USER_QUOTA,
  BILLING_HARD_LIMIT_REACHED, BILLING_NOT_ACTIVE, BILLING_DISABLED, PAYMENT_REQUIRED, ARREARAGE,
  ACCOUNT_OVERDUE_ERROR, EXCEEDED_CURRENT_QUOTA_ERROR, PRE_CONSUME_TOKEN_QUOTA_FAILED, QUOTA_NOT_ENOUGH`);
/** Google says so with every 429: it says nothing about credit. */
export const STOCK_PHRASE = /please check your plan and billing details\.?/gi;
export const CREDITS_WORDS = [
  /잔액|크레딧|충전|欠费|充值|余额|额度(?:不足|已用尽)|残高|クレジット/,
  /\b(?:insufficient|not enough|no|low|zero|negative|out of|without|exhausted|depleted|lack of|add|buy|purchase)\b[^.\n]{0,40}\b(?:credits?|balance|funds?)\b/i,
  /\b(?:credits?|balance|funds?)\b[^.\n]{0,40}\b(?:insufficient|not enough|too low|low|zero|negative|exhausted|depleted|required|exceeded|used up|run out|ran out|expired)\b/i,
  /\bbilling\b/i,
  /\bpayment(?:s|_| is| was)?[ _]?(?:required|failed|declined|due|overdue|method|needed|issue|problem)\b/i,
  /\btop[- ]?up\b|\brecharge\b|\boverdue balance\b|\bcheck your (?:account )?balance\b|\baccount is in good standing\b/i,
];
/** A valid key without credit (401). */
export const EMPTY_KEY_WORDS = /额度已用尽/;

export const FORBIDDEN_NAMES = vocabulary(`
  PERMISSION_DENIED, FAILED_PRECONDITION, ACCESS_DENIED, ACCESS_DENIED_EXCEPTION`);

export const MODEL_ONLY_NAMES = vocabulary(`
  MODEL_NOT_FOUND, DEPLOYMENT_NOT_FOUND, MODEL_NOT_SUPPORTED, MODEL_NOT_AVAILABLE, MODEL_DECOMMISSIONED,
  MODEL_NOT_OPEN, INVALID_MODEL, UNKNOWN_MODEL, UNAVAILABLE_MODEL`);
export const MODEL_NAMES = vocabulary('NOT_FOUND, NOT_FOUND_ERROR');
/** About the model itself; a size that it doesn't offer is the row's own error. */
export const MODEL_WORDS = [
  /multi-?modal output is not supported|\bonly supports text output\b|\b(?:does|do) not (?:support|work with)\b[^.\n]{0,40}\b(?:image (?:output|generation)|(?:output|response) modalit|specified model)/i,
  /\b(?:invalid|unknown|unsupported|unrecognized) model\b|\bnot a valid model\b|\bmodel identifier is invalid\b|模型不存在|존재하지 않는 모델/i,
  /\bmodel\b[^.\n]{0,80}\b(?:(?:does not|doesn't|not) exist|not found|(?:is|are) not supported|has been (?:decommissioned|retired|shut down|deprecated)|is no longer (?:available|supported))/i,
];

/** Said of a wrong address. */
export const ADDRESS_WORDS =
  /^\s*(?:\{?"?(?:detail|message|error)"?:)?\s*"?not found"?\.?\s*$|\b(?:cannot (?:post|get) |no route|route not found|invalid url|unknown (?:path|url|route|endpoint)|page (?:could )?not (?:be )?found|resource not found|no such (?:path|route|endpoint)|method not allowed|endpoint (?:does not exist|not found)|missing authentication token)/i;
export const PLAIN_HTTP_WORDS =
  /plain http request was sent to https? port|http request to an https server|requires? (?:https|tls|ssl)\b/i;

export const FIELD_NAMES = vocabulary(`
  UNKNOWN_PARAMETER, UNSUPPORTED_PARAMETER, EXTRA_FORBIDDEN, UNSUPPORTED_PARAMS_ERROR`);
export const FIELD_WORDS =
  /unknown name\b[\s\S]{0,300}?cannot find field|unknown (?:parameter|field|argument)\b|unrecognized (?:request )?(?:argument|parameter|field)|unsupported (?:parameter|field|argument)s?\b|does not support parameters\b|extra inputs are not permitted/i;

export const LIMIT_NAMES = vocabulary(`
  RESOURCE_EXHAUSTED, RATE_LIMIT, RATE_LIMITED, RATE_LIMIT_EXCEEDED, RATE_LIMIT_REACHED, RATE_LIMIT_ERROR,
  USER_RATE_LIMIT_EXCEEDED, TOO_MANY_REQUESTS, THROTTLED, THROTTLING, THROTTLING_ERROR, THROTTLING_EXCEPTION,
  LIMIT_EXCEEDED, RATE_LIMIT_REACHED_ERROR, SPIKE_ARREST_VIOLATION`);
export const LIMIT_WORDS = /\brate[- ]?limit(?:s|ed|ing)?\b|\btoo many requests\b/i;
/** The same under another status. */
export const LIMIT_MET_WORDS =
  /\brate[- ]?limit\b[^.\n]{0,40}\b(?:exceeded|reached|hit)\b|\b(?:exceeded|reached|hit)\b[^.\n]{0,40}\brate[- ]?limit\b|\btoo many requests\b|\bspike arrest\b|^\s*rate exceeded\b/i;
/** No wait makes such a request small enough. */
export const NEVER_FITS_WORDS = /^\s*request too large\b|\bmust be reduced in order to run\b/i;
export const QUOTA_NAMES = vocabulary(`
  DAILY_LIMIT_EXCEEDED, BUDGET_EXCEEDED, SPEND_LIMIT_EXCEEDED, USAGE_LIMIT_REACHED, FREE_TIER_ONLY`);
export const QUOTA_WORDS =
  /per[-_ ]?day|\bdaily\b|\bRPD\b|limit:\s*0(?![\d.]*\d)|spend(?:ing)?[-_ ]?(?:cap|limit)|per[-_ ]?month|\bmonthly\b|\bbudget\b/i;
/** A key's own budget is used up, whatever the status: LiteLLM (400, 401), OpenRouter and Azure (403). */
export const BUDGET_WORDS = [
  /\bbudget has been exceeded\b|\bexceeded ?(?:your|the|its|token)? ?[\w ]{0,30}budget\b|\bkey limit exceeded\b/i,
  /\bout of (?:call volume|bandwidth) quota\b|\bquota will be replenished\b|\busage limits?\b[^\n]{0,80}\b(?:reached|exceeded|regain)|\b(?:reached|exceeded)\b[^.\n]{0,40}\busage limits?\b/i,
  /\bfree tier\b[^.\n]{0,40}\bexhausted\b|\bdaily\b[^.\n]{0,30}\b(?:limit|quota|allocation)\b/i,
];

/** Row 0: moderation of one prompt, whatever the status. */
export const MODERATION_NAMES = vocabulary(`
  MODERATION_BLOCKED, CONTENT_MODERATION, CONTENT_FILTER, CONTENT_FILTERED, CONTENT_BLOCKED, FLAGGED_INPUT,
  SAFETY, SAFETY_VIOLATION, SAFETY_BLOCKED, BLOCKED_BY_SAFETY, PROHIBITED_CONTENT, IMAGE_SAFETY,
  IMAGE_PROHIBITED_CONTENT, BLOCKLIST, SPII, CSAM, NSFW, JAILBREAK, RESPONSIBLE_AI_POLICY_VIOLATION,
  RAI_POLICY_VIOLATION, GUARDRAIL_INTERVENED, DATA_INSPECTION_FAILED, SENSITIVE_WORDS_DETECTED,
  INPUT_TEXT_SENSITIVE_CONTENT_DETECTED, INPUT_IMAGE_SENSITIVE_CONTENT_DETECTED,
  OUTPUT_IMAGE_SENSITIVE_CONTENT_DETECTED, SENSITIVE_CONTENT_DETECTED, NSFW_CONTENT, NSFW_CONTENT_DETECTED,
  UNSAFE_CONTENT, INVALID_PROMPTS`);
export const MODERATION_WORDS = [
  /\b(?:input|prompt|request|content|message|text|image)s?\b[^.\n]{0,80}\bflagged\b|\bflagged (?:by|as|for)\b/i,
  /\bcontent[- _](?:management|filter(?:ing|ed)?|moderation)\b|\bmoderation (?:system|filter|policy)\b/i,
  /\b(?:blocked|rejected|refused|filtered)\b[^.\n]{0,60}\b(?:safety|moderation|content (?:filter|polic))|\bsafety (?:system|filter|setting|check)s?\b/i,
  /\bresponsible ai\b|\bprohibited (?:content|use polic)|\bsensitive words?\b|\binappropriate content\b|\bguardrail\b/i,
  /\bnsfw\b|\bnew_sensitive\b|\bconsidered high risk\b|\binvalid prompts? detected\b|\b(?:prompt|response|input|output|image)s? (?:was |were |is |has been )?blocked\b/i,
  /부적절한|유해한|안전 정책|콘텐츠 정책|敏感内容|敏感词|敏感信息|违规|内容安全|不適切|ポリシー違反/,
];

export const POLICY_NAMES = vocabulary(`
  CONTENT_POLICY_VIOLATION, CONTENT_POLICY_VIOLATION_ERROR, POLICY_VIOLATION`);
export const POLICY_WORDS =
  /\b(?:content|usage|safety)[-_ ]polic(?:y|ies)\b|\bContentPolicyViolation|\bpolicy[-_ ]violation|violates? (?:our|the) polic/i;
/** About an account, so that all rows fail. */
export const ACCOUNT_WORDS =
  /\b(?:account|organi[sz]ation|project|workspace|api key|access)\b[^.\n]{0,60}\b(?:suspended|disabled|deactivated|banned|terminated|blocked|restricted)\b/i;

export const REQUEST_NAMES = vocabulary(`
  INVALID_ARGUMENT, OUT_OF_RANGE, INVALID_REQUEST_ERROR, BAD_REQUEST`);
export const TIMEOUT_NAMES = vocabulary('DEADLINE_EXCEEDED, CANCELLED, GATEWAY_TIMEOUT');
export const OUTAGE_NAMES = vocabulary(`
  UNAVAILABLE, INTERNAL, SERVICE_UNAVAILABLE, OVERLOADED_ERROR, CAPACITY_EXCEEDED`);
