/** Kinds of files by their endings. */
export const IMAGE_NAME = /\.(png|jpe?g|webp|bmp|p[bgpn]m)$/i;
export const SOUND_NAME = /\.(wav|wave)$/i;
