// The words of the viewer.
export const viewerChinese = {
  'Zoom in': '放大',
  'Zoom out': '缩小',
  'Fit to view': '适合窗口',
  'visited {times} times': '经过 {times} 次',
  '{position} of {total}': '第 {position} / {total} 步',
  'before the start': '开始之前',
  'Play': '播放',
  'Pause': '暂停',
  'The diagram cannot be shown ({reason}). The list says the same in words.': '无法显示流程图（{reason}）。列表中有同样的内容。',
};
