export const OUT = ['--out <folder>', 'Folder for the images [out/<batch>]'] as const;

export const TEXT_FILES = ['--text-files', "Save a response's text beside its image as NAME.txt"] as const;
