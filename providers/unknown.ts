/** What a dynamic provider gets for a value that is not known at preview (pulumi#6310). */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
